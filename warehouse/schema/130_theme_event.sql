CREATE TABLE base.theme_event (
    recorded_at TIMESTAMP NOT NULL,
    run_id VARCHAR NOT NULL,
    recommendation_id VARCHAR NOT NULL,
    themes_before VARCHAR[] NOT NULL,
    themes_after VARCHAR[] NOT NULL,
    reason VARCHAR NOT NULL
);
COMMENT ON TABLE base.theme_event IS 'Each move of a row between themes; from the ledger.';
COMMENT ON COLUMN base.theme_event.recorded_at IS 'When it was recorded, UTC.';
COMMENT ON COLUMN base.theme_event.run_id IS 'The run.';
COMMENT ON COLUMN base.theme_event.recommendation_id IS 'The row; it may have left the tables since.';
COMMENT ON COLUMN base.theme_event.themes_before IS 'Slugs it had.';
COMMENT ON COLUMN base.theme_event.themes_after IS 'Slugs it has.';
COMMENT ON COLUMN base.theme_event.reason IS 'New evidence, review, model or taxonomy change.';
