CREATE VIEW runs AS
SELECT
    run_id, started_at, finished_at, as_of, TRY_CAST(state AS run_state) AS state, connectors, sources_missing,
    documents_new AS document_new_count, recommendations_new AS recommendation_new_count,
    epoch(finished_at - started_at) AS seconds, seconds_by_stage
FROM base.run
ORDER BY started_at DESC, run_id;
COMMENT ON VIEW runs IS 'The run ledger, the latest first.';
COMMENT ON COLUMN runs.run_id IS 'The run.';
COMMENT ON COLUMN runs.started_at IS 'UTC.';
COMMENT ON COLUMN runs.finished_at IS 'UTC; NULL: it did not finish, or had not when this file was built.';
COMMENT ON COLUMN runs.as_of IS 'The day it ran for.';
COMMENT ON COLUMN runs.state IS 'completed, degraded (a source was lost), failed, or running.';
COMMENT ON COLUMN runs.connectors IS 'What was asked to look for documents.';
COMMENT ON COLUMN runs.sources_missing IS 'What could not be read.';
COMMENT ON COLUMN runs.document_new_count IS 'Documents new in this run.';
COMMENT ON COLUMN runs.recommendation_new_count IS 'Recommendations new in this run.';
COMMENT ON COLUMN runs.seconds IS 'From start to finish.';
COMMENT ON COLUMN runs.seconds_by_stage IS 'Where the time went, seconds.';
