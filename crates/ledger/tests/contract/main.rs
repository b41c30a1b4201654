//! The ledger's promises, each kept by every engine: SQLite in a file, SQLite
//! in memory and, when `LYCEUM_TEST_POSTGRES_URL` names a server, PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a broken fixture has to stop the test"
)]

mod door;
mod durability;
mod entitlement;
mod people;
mod script;
mod session;
mod sign_in;

/// Makes of every promise one test per engine.
macro_rules! promises {
    ($($file:ident: $($promise:ident)*;)*) => {
        mod sqlite_file {
            $($(
                #[tokio::test(flavor = "multi_thread")]
                async fn $promise() {
                    let door = super::door::Door::file().await;
                    super::$file::$promise(&door).await;
                }
            )*)*
        }
        mod sqlite_memory {
            $($(
                #[tokio::test(flavor = "multi_thread")]
                async fn $promise() {
                    let door = super::door::Door::memory().await;
                    super::$file::$promise(&door).await;
                }
            )*)*
        }
        mod postgres {
            $($(
                #[tokio::test(flavor = "multi_thread")]
                async fn $promise() {
                    if let Some(door) = super::door::Door::postgres().await {
                        super::$file::$promise(&door).await;
                        door.drop_schema().await;
                    }
                }
            )*)*
        }
    };
}

promises! {
    people:
        an_address_belongs_to_one_person_however_it_is_written
        parallel_first_sign_ins_of_one_address_make_one_person
        the_ledger_answers_a_ping_and_opens_twice;
    sign_in:
        a_link_signs_in_once
        a_code_signs_in_once_and_only_in_its_browser
        link_and_code_spend_each_other
        of_parallel_confirmations_one_wins
        a_sign_in_is_over_after_fifteen_minutes
        a_newer_sign_in_replaces_the_older
        five_wrong_codes_burn_the_code_but_not_the_link
        parallel_guesses_get_five_attempts_together
        an_address_gets_six_mails_an_hour
        no_secret_is_stored
        no_error_repeats_an_address;
    session:
        a_refresh_token_is_exchanged_for_its_successor
        an_answer_that_was_lost_logs_nobody_out
        twenty_parallel_rotations_keep_one_session_and_log_nobody_out
        an_old_token_after_the_grace_ends_the_session
        a_token_two_rotations_old_ends_the_session_at_once
        a_forged_token_is_unknown_and_ends_nothing
        an_idle_session_expires_after_thirty_days
        a_busy_session_expires_after_a_hundred_and_eighty_days
        signing_out_ends_one_session_or_all
        a_session_needs_a_person;
    entitlement:
        a_grant_opens_its_product_and_raises_the_version
        the_same_cause_grants_once
        a_withdrawal_ends_every_live_manual_grant_and_keeps_the_rows
        a_withdrawal_of_nothing_changes_nothing
        granting_again_after_a_withdrawal_opens_again
        a_grant_withdrawn_before_it_starts_never_opens
        nobody_unknown_is_granted_anything
        parallel_grants_of_one_cause_count_once
        an_edge_that_polls_sees_every_change_once_and_in_order
        the_audit_holds_who_and_why_and_verifies
        a_tampered_audit_is_found
        the_database_itself_refuses_to_change_the_audit_or_delete_a_grant;
    script:
        any_script_of_grants_and_withdrawals_reads_like_the_model;
}
