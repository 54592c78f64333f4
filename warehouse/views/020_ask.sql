CREATE VIEW base.ask AS
WITH linked AS (
    SELECT earlier.ask_id AS earlier_ask_id, later.ask_id AS later_ask_id
    FROM base.link
    JOIN base.recommendation AS earlier ON earlier.recommendation_id = link.earlier_id
    JOIN base.recommendation AS later ON later.recommendation_id = link.later_id
    WHERE link.link_type IN ('reiterated', 'independent') AND earlier.ask_id <> later.ask_id
),
recurring AS (
    SELECT earlier_ask_id AS ask_id FROM linked
    UNION
    SELECT later_ask_id FROM linked
),
grouped AS (
    SELECT ask_id, min(common_id) AS common_id
    FROM base.common_member JOIN base.recommendation USING (recommendation_id)
    GROUP BY ask_id
)
SELECT
    first.recommendation_id AS ask_id,
    grouped.common_id,
    first.kind,
    first.kind = 'quoted_recommendation' AS is_known_from_response_only,
    document.source,
    document.body,
    document.published,
    year(document.published) AS year,
    first.sha256,
    recurring.ask_id IS NOT NULL AND first.kind <> 'quoted_recommendation' AS is_recurring
FROM base.recommendation AS first
JOIN base.document USING (sha256)
LEFT JOIN grouped ON grouped.ask_id = first.recommendation_id
LEFT JOIN recurring ON recurring.ask_id = first.recommendation_id
WHERE first.recommendation_id = first.ask_id;
COMMENT ON VIEW base.ask IS 'One row an ask: a recommendation and all its reprints, described by the first printing.';
COMMENT ON COLUMN base.ask.ask_id IS 'recommendation_id of the first printing.';
COMMENT ON COLUMN base.ask.common_id IS 'The common recommendation it is in.';
COMMENT ON COLUMN base.ask.kind IS 'What the body calls it.';
COMMENT ON COLUMN base.ask.is_known_from_response_only IS 'True: only restated in a response; the report that asked was not read.';
COMMENT ON COLUMN base.ask.source IS 'Source of the first printing.';
COMMENT ON COLUMN base.ask.body IS 'Who asked.';
COMMENT ON COLUMN base.ask.published IS 'Day of the first printing.';
COMMENT ON COLUMN base.ask.year IS 'Calendar year of that day.';
COMMENT ON COLUMN base.ask.sha256 IS 'Document of the first printing.';
COMMENT ON COLUMN base.ask.is_recurring IS 'True: a reiterated or independent link joins it to another ask. Only such asks count towards the perennial rule.';
