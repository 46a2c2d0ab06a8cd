-- The keys that seal, look up and name, each wrapped by the phone key. During a rotation a key is
-- here twice: wrapped by the old phone key and by the new one.
CREATE TABLE data_key (
    id      TEXT   NOT NULL,
    root    TEXT   NOT NULL,             -- the phone key that unwraps it
    purpose TEXT   NOT NULL,             -- lookup, alias, names, seal
    wrapped BLOB   NOT NULL,
    made_at BIGINT NOT NULL,             -- 0: derived from a phone key
    PRIMARY KEY (id, root)
);
