CREATE TABLE base.identity_event (
    recorded_at TIMESTAMP NOT NULL,
    run_id VARCHAR NOT NULL,
    common_id VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    member_ids VARCHAR[] NOT NULL,
    successor_id VARCHAR
);
COMMENT ON TABLE base.identity_event IS 'What became of each common recommendation, night by night; from the ledger.';
COMMENT ON COLUMN base.identity_event.recorded_at IS 'When it was recorded, UTC.';
COMMENT ON COLUMN base.identity_event.run_id IS 'The run.';
COMMENT ON COLUMN base.identity_event.common_id IS 'The group.';
COMMENT ON COLUMN base.identity_event.event IS 'new, kept, split, absorbed or retired.';
COMMENT ON COLUMN base.identity_event.member_ids IS 'Its members that night; some may have left the tables since.';
COMMENT ON COLUMN base.identity_event.successor_id IS 'Where its members went.';
