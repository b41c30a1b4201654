//! A whole school at work: written, published, and an edge on it.

use anyhow::Result;

use crate::edge::{Address, Edge, Shared};
use crate::place::Place;
use crate::school::{Publication, School};
use crate::services::Services;

/// A school, where it is published, and an edge that serves it.
#[derive(Debug)]
pub struct Lab {
    /// The author's folder.
    pub school: School,
    /// Both sides of what was published.
    pub place: Place,
    /// The last publication.
    pub publication: Publication,
    /// What another edge of the school would share.
    pub shared: Shared,
    /// The running edge.
    pub edge: Edge,
}

impl Lab {
    /// A school on folders, SQLite and memory, with printed letters.
    pub async fn embedded(write: impl FnOnce(&str) -> Result<School>) -> Result<Self> {
        let address = Address::free()?;
        let school = write(&address.origin())?;
        Self::open(school, Place::folder()?, Shared::embedded()?, &address).await
    }

    /// A school on S3, PostgreSQL and Redis, with a mail server.
    pub async fn distributed(
        services: &Services,
        write: impl FnOnce(&str) -> Result<School>,
    ) -> Result<Self> {
        let address = Address::free()?;
        let school = write(&address.origin())?;
        let place = Place::buckets(&services.s3, &address.origin()).await?;
        let shared = Shared::distributed(services).await?;
        Self::open(school, place, shared, &address).await
    }

    /// One more edge on the same school, sharing what edges share.
    pub async fn second_edge(&self, shared: &Shared) -> Result<Edge> {
        let address = Address::free()?;
        let public_url = self.edge.public_url();
        Edge::start(&address, public_url, &self.place, &self.publication.public_key, shared).await
    }

    async fn open(school: School, place: Place, shared: Shared, address: &Address) -> Result<Self> {
        let publication = school.publish(&place)?;
        let origin = address.origin();
        let edge = Edge::start(address, &origin, &place, &publication.public_key, &shared).await?;
        Ok(Self { school, place, publication, shared, edge })
    }
}
