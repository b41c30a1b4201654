-- Times are Unix milliseconds, ids and hashes are text, so that one SQL text
-- reads both engines.
CREATE TABLE person (
    id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    entitlement_version INTEGER NOT NULL DEFAULT 0,
    change_sequence INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX person_change ON person (change_sequence);

CREATE TABLE identity (
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    person TEXT NOT NULL REFERENCES person (id),
    created_at INTEGER NOT NULL,
    UNIQUE (provider, subject)
) STRICT;
CREATE INDEX identity_person ON identity (person);

CREATE TABLE sign_in_limit (
    email TEXT PRIMARY KEY,
    window_start INTEGER NOT NULL,
    starts INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_in_limit_window ON sign_in_limit (window_start);

CREATE TABLE sign_in (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    browser_hash TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    code_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    used_at INTEGER,
    replaced_at INTEGER
) STRICT;
CREATE INDEX sign_in_email ON sign_in (email, created_at);
CREATE INDEX sign_in_expiry ON sign_in (expires_at);

CREATE TABLE session (
    family_hash TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person (id),
    user_agent TEXT NOT NULL,
    current_hash TEXT NOT NULL,
    previous_hash TEXT,
    rotated_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended_reason TEXT
) STRICT;
CREATE INDEX session_person ON session (person);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE product_grant (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person (id),
    product TEXT NOT NULL,
    cause_kind TEXT NOT NULL,
    cause_id TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER,
    created_at INTEGER NOT NULL,
    UNIQUE (cause_kind, cause_id, person, product)
) STRICT;
CREATE INDEX product_grant_person ON product_grant (person, product);

CREATE TRIGGER product_grant_is_never_deleted BEFORE DELETE ON product_grant
BEGIN SELECT RAISE(ABORT, 'grants are never deleted'); END;

-- The heads are single rows on purpose: a transaction that takes the next
-- number holds the row until it commits, so numbers appear in commit order.
CREATE TABLE change_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sequence INTEGER NOT NULL
) STRICT;
INSERT INTO change_head (id, sequence) VALUES (1, 0);

CREATE TABLE audit_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT;
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    reason TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
