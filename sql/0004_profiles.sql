-- What people edit about themselves, and how a login ends before it expires.
ALTER TABLE users
    -- Keys in the object store; NULL for the picture that everyone starts with.
    ADD COLUMN avatar_key     text,
    ADD COLUMN background_key text,
    -- A text that waits for a review; until then the column without "held" is what others see.
    ADD COLUMN held_name      text,
    ADD COLUMN held_signature text,
    -- Tokens carry it. It grows with every change of the password, and older tokens are void.
    ADD COLUMN token_version  integer NOT NULL DEFAULT 0,
    ADD COLUMN tokens_revoked_at timestamptz,
    ADD CONSTRAINT token_versions_count_revocations
        CHECK ((token_version = 0) = (tokens_revoked_at IS NULL));

-- Processes that check tokens load what was revoked within a token's life.
CREATE INDEX users_by_revocation ON users (tokens_revoked_at) WHERE tokens_revoked_at IS NOT NULL;
-- Operators list what waits for a review.
CREATE INDEX users_with_held_texts ON users (id) WHERE held_name IS NOT NULL OR held_signature IS NOT NULL;
