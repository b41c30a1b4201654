//! Random scripts of grants and withdrawals against a model that fits on a screen.

use contracts::grant::Grant;
use contracts::id::PersonId;
use ledger::{AuditReport, GrantOutcome, WithdrawOutcome};
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::door::{BY, Door, at, by_hand, email, product};

const PRODUCTS: [&str; 3] = ["rust", "go", "all"];
const SCRIPTS: usize = 25;

#[derive(Debug, Clone)]
enum Step {
    Grant { product: usize, cause: u8, starts: i64, ends: Option<i64> },
    Withdraw { product: usize },
}

/// What the ledger should hold for one person.
#[derive(Debug, Default)]
struct Model {
    version: u64,
    grants: Vec<(usize, u8, i64, Option<i64>)>,
}

impl Model {
    fn is_live(&self, product: usize, now: i64) -> bool {
        self.grants.iter().any(|(id, _, starts, ends)| {
            *id == product && *starts <= now && ends.is_none_or(|end| now < end)
        })
    }

    /// Whether the step changes anything.
    fn apply(&mut self, step: &Step, now: i64) -> bool {
        let changed = match step {
            Step::Grant { product, cause, starts, ends } => {
                let known = self.grants.iter().any(|row| row.0 == *product && row.1 == *cause);
                if !known {
                    self.grants.push((*product, *cause, *starts, *ends));
                }
                !known
            }
            Step::Withdraw { product } => {
                let mut ended = false;
                for row in self.grants.iter_mut().filter(|row| row.0 == *product) {
                    if row.3.is_none_or(|end| end > now) {
                        row.3 = Some(now);
                        ended = true;
                    }
                }
                ended
            }
        };
        self.version += u64::from(changed);
        changed
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..3_usize, 0..4_u8, 0..30_i64, proptest::option::of(0..40_i64)).prop_map(
            |(product, cause, starts, ends)| Step::Grant { product, cause, starts, ends }
        ),
        2 => (0..3_usize).prop_map(|product| Step::Withdraw { product }),
        1 => Just(Step::Withdraw { product: 0 }),
    ];
    proptest::collection::vec(step, 1..14)
}

pub(crate) async fn any_script_of_grants_and_withdrawals_reads_like_the_model(door: &Door) {
    let mut runner = TestRunner::deterministic();
    for number in 0..SCRIPTS {
        let script = steps().new_tree(&mut runner).unwrap().current();
        let address = email(&format!("p{number}@example.org"));
        let person = door.ledger.ensure_person(&address, at(0)).await.unwrap();
        let mut model = Model::default();
        for (index, step) in script.iter().enumerate() {
            let now = i64::try_from(index).unwrap() * 2;
            let changes = model.apply(step, now);
            assert_eq!(perform(door, &person, step, now).await, changes, "{step:?} of {script:?}");
            compare(door, &person, &model, now, &script).await;
        }
        compare(door, &person, &model, 100, &script).await;
    }
    assert!(matches!(door.ledger.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}

async fn perform(door: &Door, person: &PersonId, step: &Step, now: i64) -> bool {
    match step {
        Step::Grant { product, cause, starts, ends } => {
            let row = Grant {
                starts_at: at(*starts),
                ends_at: ends.map(at),
                ..by_hand(person, PRODUCTS[*product], &cause.to_string())
            };
            let answer = door.ledger.grant(&row, &BY, at(now)).await.unwrap();
            answer != GrantOutcome::AlreadyGranted
        }
        Step::Withdraw { product: id } => {
            let id = product(PRODUCTS[*id]);
            let answer = door.ledger.withdraw(person, &id, &BY, at(now)).await.unwrap();
            answer != WithdrawOutcome::NothingToWithdraw
        }
    }
}

async fn compare(door: &Door, person: &PersonId, model: &Model, now: i64, script: &[Step]) {
    let entitlements = door.ledger.claims(person, at(now)).await.unwrap().entitlements;
    assert_eq!(entitlements.version, model.version, "{script:?}");
    for (index, id) in PRODUCTS.iter().enumerate() {
        let live = entitlements
            .products
            .iter()
            .any(|e| e.product == product(id) && e.until.is_none_or(|until| at(now) < until));
        assert_eq!(live, model.is_live(index, now), "{id} at {now} after {script:?}");
    }
}
