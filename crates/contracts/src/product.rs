//! What can be bought and for how much.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::id::{CourseId, ProductId};
use crate::language::Language;
use crate::money::Money;

/// Something a learner can own; owning it opens its courses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Its id in orders and grants.
    pub id: ProductId,
    /// Its title in each language it has one in.
    pub title: BTreeMap<Language, String>,
    /// One price per currency, in the author's order. Empty means that it
    /// can't be bought, only granted.
    pub prices: Vec<Money>,
    /// The courses it opens.
    pub courses: BTreeSet<CourseId>,
}
