-- An upload of which every byte is here is not removed because no video could be made of it: it waits for an operator.
-- What is removed counts until it is.
ALTER TABLE uploads
    -- When maintenance stopped trying to finish it; NULL while it tries. From then on `expires_at` says when its bytes are
    -- removed; before, nothing that was received expires.
    ADD COLUMN stuck_at timestamptz,
    -- Cause of the last failure, for operators.
    ADD COLUMN finish_error text,
    -- Of an upload that ended without a video: when its bytes were removed. Until then it counts for its creator's quota with
    -- all that it might have stored.
    ADD COLUMN removed_at timestamptz;

UPDATE uploads SET removed_at = clock_timestamp() WHERE state IN ('refused', 'cancelled', 'expired');

-- Operators: what waits for them.
CREATE INDEX uploads_stuck ON uploads (stuck_at) WHERE stuck_at IS NOT NULL AND state = 'received';
