CREATE TABLE base.run (
    run_id VARCHAR NOT NULL,
    started_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    as_of DATE NOT NULL,
    state VARCHAR NOT NULL,
    connectors VARCHAR[] NOT NULL,
    sources_missing VARCHAR[] NOT NULL,
    documents_new INTEGER NOT NULL,
    recommendations_new INTEGER NOT NULL,
    seconds_by_stage STRUCT(stage VARCHAR, seconds DOUBLE)[] NOT NULL
);
COMMENT ON TABLE base.run IS 'The run ledger, one row a run.';
COMMENT ON COLUMN base.run.run_id IS 'The run.';
COMMENT ON COLUMN base.run.started_at IS 'UTC.';
COMMENT ON COLUMN base.run.finished_at IS 'UTC; NULL: it did not finish.';
COMMENT ON COLUMN base.run.as_of IS 'The day it ran for.';
COMMENT ON COLUMN base.run.state IS 'completed, degraded (a source was lost), failed, or running.';
COMMENT ON COLUMN base.run.connectors IS 'What was asked to look for documents.';
COMMENT ON COLUMN base.run.sources_missing IS 'What could not be read.';
COMMENT ON COLUMN base.run.documents_new IS 'Documents new in this run.';
COMMENT ON COLUMN base.run.recommendations_new IS 'Recommendations new in this run.';
COMMENT ON COLUMN base.run.seconds_by_stage IS 'Where the time went.';
