"""The tables of the user pool."""

TABLES = """
CREATE TABLE IF NOT EXISTS cognito_people (
    sub TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    email_verified INTEGER NOT NULL,
    status TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    password_hash TEXT,
    password_set_at REAL NOT NULL,
    attributes TEXT NOT NULL,
    totp_secret TEXT,
    uses_totp INTEGER NOT NULL,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS cognito_failed_sign_ins (
    sub TEXT PRIMARY KEY REFERENCES cognito_people ON DELETE CASCADE,
    failures INTEGER NOT NULL,
    last_failure_at REAL NOT NULL,
    locked_until REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS cognito_totp_steps (
    sub TEXT PRIMARY KEY REFERENCES cognito_people ON DELETE CASCADE,
    totp_secret TEXT NOT NULL,
    step INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS cognito_attempts (
    sub TEXT NOT NULL REFERENCES cognito_people ON DELETE CASCADE,
    action TEXT NOT NULL,
    attempted_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS cognito_attempts_of ON cognito_attempts (sub, action, attempted_at);
CREATE TABLE IF NOT EXISTS cognito_codes (
    sub TEXT NOT NULL REFERENCES cognito_people ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    code TEXT NOT NULL,
    new_email TEXT,
    expires_at REAL NOT NULL,
    PRIMARY KEY (sub, purpose)
);
CREATE TABLE IF NOT EXISTS cognito_groups (
    name TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    precedence INTEGER,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS cognito_memberships (
    group_name TEXT NOT NULL REFERENCES cognito_groups ON DELETE CASCADE,
    sub TEXT NOT NULL REFERENCES cognito_people ON DELETE CASCADE,
    PRIMARY KEY (group_name, sub)
);
CREATE INDEX IF NOT EXISTS cognito_memberships_of ON cognito_memberships (sub);
CREATE TABLE IF NOT EXISTS cognito_challenges (
    secret_hash TEXT PRIMARY KEY,
    sub TEXT NOT NULL REFERENCES cognito_people ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    totp_secret TEXT,
    expires_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS cognito_challenges_of ON cognito_challenges (sub);
CREATE TABLE IF NOT EXISTS cognito_sign_in_sessions (
    secret_hash TEXT PRIMARY KEY,
    sub TEXT NOT NULL REFERENCES cognito_people ON DELETE CASCADE,
    auth_time INTEGER NOT NULL,
    expires_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS cognito_authorization_codes (
    secret_hash TEXT PRIMARY KEY,
    sub TEXT NOT NULL REFERENCES cognito_people ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    scopes TEXT NOT NULL,
    nonce TEXT,
    code_challenge TEXT,
    auth_time INTEGER NOT NULL,
    expires_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS cognito_token_sessions (
    origin_jti TEXT PRIMARY KEY,
    sub TEXT NOT NULL REFERENCES cognito_people ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    scopes TEXT NOT NULL,
    from_hosted_ui INTEGER NOT NULL,
    auth_time INTEGER NOT NULL,
    expires_at REAL NOT NULL,
    revoked INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS cognito_token_sessions_of ON cognito_token_sessions (sub);
CREATE TABLE IF NOT EXISTS cognito_session_activity (
    origin_jti TEXT PRIMARY KEY REFERENCES cognito_token_sessions ON DELETE CASCADE,
    created_at REAL NOT NULL,
    last_active_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS cognito_refresh_tokens (
    secret_hash TEXT PRIMARY KEY,
    origin_jti TEXT NOT NULL REFERENCES cognito_token_sessions ON DELETE CASCADE,
    rotated_at REAL
);
CREATE INDEX IF NOT EXISTS cognito_refresh_tokens_of ON cognito_refresh_tokens (origin_jti);
CREATE TABLE IF NOT EXISTS cognito_signing_keys (
    kid TEXT PRIMARY KEY,
    token_use TEXT NOT NULL,
    private_key TEXT NOT NULL,
    made_at REAL NOT NULL
);
"""
