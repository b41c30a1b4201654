-- Times are Unix milliseconds, ids and hashes are text, so that one SQL text
-- reads both engines.
CREATE TABLE person (
    id TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL,
    entitlement_version BIGINT NOT NULL DEFAULT 0,
    change_sequence BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX person_change ON person (change_sequence);

CREATE TABLE identity (
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    person TEXT NOT NULL REFERENCES person (id),
    created_at BIGINT NOT NULL,
    UNIQUE (provider, subject)
);
CREATE INDEX identity_person ON identity (person);

CREATE TABLE sign_in_limit (
    email TEXT PRIMARY KEY,
    window_start BIGINT NOT NULL,
    starts BIGINT NOT NULL
);
CREATE INDEX sign_in_limit_window ON sign_in_limit (window_start);

CREATE TABLE sign_in (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    browser_hash TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    code_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    used_at BIGINT,
    replaced_at BIGINT
);
CREATE INDEX sign_in_email ON sign_in (email, created_at);
CREATE INDEX sign_in_expiry ON sign_in (expires_at);

CREATE TABLE session (
    family_hash TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person (id),
    user_agent TEXT NOT NULL,
    current_hash TEXT NOT NULL,
    previous_hash TEXT,
    rotated_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_reason TEXT
);
CREATE INDEX session_person ON session (person);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE product_grant (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person (id),
    product TEXT NOT NULL,
    cause_kind TEXT NOT NULL,
    cause_id TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (cause_kind, cause_id, person, product)
);
CREATE INDEX product_grant_person ON product_grant (person, product);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;

CREATE TRIGGER product_grant_is_never_deleted BEFORE DELETE ON product_grant
FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The heads are single rows on purpose: a transaction that takes the next
-- number holds the row until it commits, so numbers appear in commit order.
CREATE TABLE change_head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    sequence BIGINT NOT NULL
);
INSERT INTO change_head (id, sequence) VALUES (1, 0);

CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');

CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    reason TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION refuse_change();
