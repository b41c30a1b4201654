//! `GET /api/me`: who is signed in and what they may open.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use contracts::cache_policy::CachePolicy;
use contracts::claims::Entitlement;
use contracts::id::PersonId;
use http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;

use crate::answer;
use crate::app::App;
use crate::error::Problem;
use crate::session;
use crate::viewer::Viewer;

#[derive(Serialize)]
struct Me {
    person: Option<Person>,
    /// What may be opened now; what is over is left out.
    products: Vec<Entitlement>,
    /// URL parts of the courses that these products open.
    courses: Vec<String>,
}

#[derive(Serialize)]
struct Person {
    id: PersonId,
    email: Option<String>,
}

/// Answers a guest too: with nobody and nothing.
pub async fn show(State(app): State<Arc<App>>, viewer: Viewer) -> Result<Response, Problem> {
    let me = match viewer.session() {
        None => Me { person: None, products: Vec::new(), courses: Vec::new() },
        Some(seen) => {
            let now = app.now();
            let claims = session::claims(&app, seen, now).await?;
            let email = app.ledger.email_of(&claims.person).await.map_err(session::ledger_away)?;
            let products = live(claims.entitlements.products, now);
            let courses = courses(&app, &products)?;
            let email = email.map(|email| email.expose().to_owned());
            Me { person: Some(Person { id: claims.person, email }), products, courses }
        }
    };
    answer::json(StatusCode::OK, &me, CachePolicy::NoStore)
}

/// The entitlements that open something at `now`.
pub(super) fn live(products: Vec<Entitlement>, now: Timestamp) -> Vec<Entitlement> {
    products.into_iter().filter(|product| product.until.is_none_or(|until| now < until)).collect()
}

fn courses(app: &App, products: &[Entitlement]) -> Result<Vec<String>, Problem> {
    let publication = app.published.publication()?;
    let owned = |course: &&contracts::manifest::CourseEntry| {
        course.products.iter().any(|id| products.iter().any(|owned| owned.product == *id))
    };
    let courses = publication.live.manifest().courses.values().filter(owned);
    Ok(courses.map(|course| course.slug.to_string()).collect())
}
