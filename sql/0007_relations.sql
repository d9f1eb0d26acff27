-- Who follows whom. The followed user has no foreign key, for the reason that videos have none in
-- favorites: a user with millions of followers must not be locked by each of them.
CREATE TABLE follows (
    follower_id bigint NOT NULL REFERENCES users (id),
    followed_id bigint NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),

    PRIMARY KEY (follower_id, followed_id),
    CONSTRAINT nobody_follows_themselves CHECK (follower_id <> followed_id)
);

-- follow/list and friend/list: whom a user follows, newest first.
CREATE INDEX follows_by_follower ON follows (follower_id, created_at DESC);
-- follower/list: who follows a user, newest first.
CREATE INDEX follows_by_followed ON follows (followed_id, created_at DESC);
