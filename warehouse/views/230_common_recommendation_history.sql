CREATE VIEW common_recommendation_history AS
SELECT
    recorded_at, run_id, common_id, TRY_CAST(event AS group_event) AS event, len(member_ids) AS member_count, member_ids, successor_id,
    EXISTS (SELECT 1 FROM base.common_recommendation AS common WHERE common.common_id = identity_event.common_id) AS is_living
FROM base.identity_event
ORDER BY recorded_at, common_id, event;
COMMENT ON VIEW common_recommendation_history IS 'One row what became of a common recommendation in a night: every id ever published can be followed here.';
COMMENT ON COLUMN common_recommendation_history.recorded_at IS 'When it was recorded, UTC.';
COMMENT ON COLUMN common_recommendation_history.run_id IS 'The run.';
COMMENT ON COLUMN common_recommendation_history.common_id IS 'The common recommendation.';
COMMENT ON COLUMN common_recommendation_history.event IS 'new, kept, split, absorbed or retired.';
COMMENT ON COLUMN common_recommendation_history.member_count IS 'Members that night.';
COMMENT ON COLUMN common_recommendation_history.member_ids IS 'Those members; some may have left the tables since.';
COMMENT ON COLUMN common_recommendation_history.successor_id IS 'Where its members went; NULL: nowhere, or it lives on.';
COMMENT ON COLUMN common_recommendation_history.is_living IS 'True: the id is in common_recommendations tonight.';
