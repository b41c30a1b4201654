//! The learner of a preview: somebody who owns every product, also those that the
//! author has only just thought of.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use contracts::id::{PersonId, ProductId};
use gate::grant::Act;
use http::HeaderValue;
use http::header::COOKIE;
use ledger::{By, Email, LedgerError};
use tokio::sync::Mutex;

use crate::app::App;
use crate::cookie;
use crate::page::Words;
use crate::preview::PreviewError;
use crate::preview::visit::Visitor;
use crate::return_to::ReturnTo;
use crate::route::sign_in::link;
use crate::sign_in_cookie::Waiting;
use crate::token::Session;

/// Someone who owns every product.
#[derive(Clone)]
pub(super) struct Learner {
    email: Email,
    person: PersonId,
    /// What was granted, so that the ledger is asked only when there is more.
    owned: Arc<Mutex<BTreeSet<ProductId>>>,
}

impl Learner {
    /// The person with this address, who owns what there is.
    pub(super) async fn new(app: &App, email: &str) -> Result<Self, PreviewError> {
        let email = Email::parse(email).map_err(|_| PreviewError::Learner)?;
        let person = app.ledger.ensure_person(&email, app.now()).await?;
        let learner = Self { email, person, owned: Arc::default() };
        learner.own_everything(app).await?;
        Ok(learner)
    }

    async fn own_everything(&self, app: &App) -> Result<(), LedgerError> {
        let Ok(publication) = app.published.publication() else { return Ok(()) };
        let products = &publication.live.manifest().products;
        // Held to the end: who asks meanwhile waits until the grants are there.
        let mut owned = self.owned.lock().await;
        if products.keys().all(|product| owned.contains(product)) {
            return Ok(());
        }
        let now = app.now();
        let before = app.ledger.claims(&self.person, now).await?.entitlements.products;
        for product in products.keys() {
            if before.iter().any(|owned| owned.product == *product && owned.until.is_none()) {
                continue;
            }
            let act = Act::Manual {
                id: uuid::Uuid::now_v7().to_string(),
                person: self.person.clone(),
                product: product.clone(),
                starts_at: now,
                ends_at: None,
            };
            let by = By { actor: "lyceum", reason: "the preview's learner owns everything" };
            for grant in gate::grant(&act).unwrap_or_default() {
                app.ledger.grant(&grant, &by, now).await?;
            }
        }
        let entitlements = app.ledger.claims(&self.person, now).await?.entitlements;
        // It is the memory of this process, which is never away.
        let _ = app.entitlements.store(&self.person, &entitlements, now).await;
        owned.extend(products.keys().cloned());
        Ok(())
    }

    /// Signs the learner in, once.
    pub(super) async fn sign_in_link(&self, app: &App) -> Result<Option<String>, LedgerError> {
        let Ok(waiting) = Waiting::new(self.email.clone(), ReturnTo::default()) else {
            return Ok(None);
        };
        let started = app.ledger.start_sign_in(&self.email, &waiting.browser, app.now()).await?;
        let Ok(started) = started else { return Ok(None) };
        let Ok(publication) = app.published.publication() else { return Ok(None) };
        let Ok(language) = publication.default_language() else { return Ok(None) };
        let words = Words::new(&publication, language);
        Ok(link(app, words.language(), &started.token, &waiting.return_to).ok())
    }
}

/// Sees to it that the learner owns what was handed over since.
pub(super) async fn own_what_is_new(
    State((app, learner)): State<(Arc<App>, Learner)>,
    request: Request,
    next: Next,
) -> Response {
    if let Err(error) = learner.own_everything(&app).await {
        tracing::warn!(%error, "the preview's learner does not own everything");
    }
    next.run(request).await
}

/// Adds a fresh session to a request that carries none.
pub(super) async fn look_as_learner(
    State((app, learner)): State<(Arc<App>, Learner)>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Ok(None) = cookie::find(request.headers(), cookie::SESSION) {
        let session = Session { person: learner.person, entitlements: None };
        let cookie = app.tokens.issue(&session, app.now()).ok();
        let cookie = cookie.map(|token| format!("{}={token}", cookie::SESSION));
        let cookie = cookie.and_then(|cookie| HeaderValue::from_str(&cookie).ok());
        if let Some(cookie) = cookie {
            request.extensions_mut().insert(Visitor::without_session());
            request.headers_mut().append(COOKIE, cookie);
        }
    }
    next.run(request).await
}
