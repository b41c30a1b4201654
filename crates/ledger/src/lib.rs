//! The ledger: our record of people, sign-ins, sessions, grants and the audit.
//!
//! The only room that knows SQL. It speaks the product's words, takes `now` as
//! an argument, and knows no HTTP, Redis or object storage.
//! No e-mail address and no token may stand in an error or a log text of it.

mod audit;
mod change;
mod email;
mod engine;
mod error;
mod grant;
mod person;
mod secret;
mod session;
mod sign_in;

pub use audit::{AuditReport, By};
pub use change::Change;
pub use email::{Email, EmailError};
pub use engine::{Ledger, sqlite_url};
pub use error::{Failure, LedgerError};
pub use grant::{GrantOutcome, WithdrawOutcome};
pub use secret::{BrowserBinding, RefreshToken, SignInCode, SignInToken};
pub use session::Rotation;
pub use sign_in::{SignInRefusal, SignInStarted};
