CREATE VIEW recurrences AS
WITH linked AS (
    SELECT
        link.common_id,
        link.link_type,
        link.similarity,
        link.evidence,
        earlier.ask_id AS earlier_id,
        later.ask_id AS later_id
    FROM base.link
    JOIN base.recommendation AS earlier ON earlier.recommendation_id = link.earlier_id
    JOIN base.recommendation AS later ON later.recommendation_id = link.later_id
    WHERE link.link_type IN ('reiterated', 'independent') AND earlier.ask_id <> later.ask_id
    -- Reprints of the same two asks are linked too; the closest pair speaks for them.
    QUALIFY row_number() OVER (
        PARTITION BY least(earlier.ask_id, later.ask_id), greatest(earlier.ask_id, later.ask_id)
        ORDER BY link.similarity DESC, link.earlier_id, link.later_id) = 1
)
SELECT
    linked.common_id,
    TRY_CAST(linked.link_type AS link_type) AS link_type,
    linked.earlier_id,
    earlier.text AS earlier_text,
    earlier_ask.body AS earlier_body,
    earlier_ask.source AS earlier_source,
    earlier_ask.published AS earlier_published,
    earlier.page AS earlier_page,
    linked.later_id,
    later.text AS later_text,
    later_ask.body AS later_body,
    later_ask.source AS later_source,
    later_ask.published AS later_published,
    later.page AS later_page,
    later_ask.published - earlier_ask.published AS gap_days,
    linked.similarity,
    linked.evidence
FROM linked
JOIN base.recommendation AS earlier ON earlier.recommendation_id = linked.earlier_id
JOIN base.recommendation AS later ON later.recommendation_id = linked.later_id
JOIN base.ask AS earlier_ask ON earlier_ask.ask_id = linked.earlier_id AND NOT earlier_ask.is_known_from_response_only
JOIN base.ask AS later_ask ON later_ask.ask_id = linked.later_id AND NOT later_ask.is_known_from_response_only;
COMMENT ON VIEW recurrences IS 'One row a pair of asks for the same thing: asked again by the same body (reiterated) or by another (independent). Reprints are never here.';
COMMENT ON COLUMN recurrences.common_id IS 'The common recommendation both are in.';
COMMENT ON COLUMN recurrences.link_type IS 'reiterated (the same body asks again) or independent (another body asks).';
COMMENT ON COLUMN recurrences.earlier_id IS 'recommendation_id of the earlier ask, at its first printing.';
COMMENT ON COLUMN recurrences.earlier_text IS 'Its text, verbatim.';
COMMENT ON COLUMN recurrences.earlier_body IS 'Who asked it.';
COMMENT ON COLUMN recurrences.earlier_source IS 'The stream it came from.';
COMMENT ON COLUMN recurrences.earlier_published IS 'Day of its first printing.';
COMMENT ON COLUMN recurrences.earlier_page IS 'Its page.';
COMMENT ON COLUMN recurrences.later_id IS 'recommendation_id of the later ask, at its first printing.';
COMMENT ON COLUMN recurrences.later_text IS 'Its text, verbatim.';
COMMENT ON COLUMN recurrences.later_body IS 'Who asked it.';
COMMENT ON COLUMN recurrences.later_source IS 'The stream it came from.';
COMMENT ON COLUMN recurrences.later_published IS 'Day of its first printing.';
COMMENT ON COLUMN recurrences.later_page IS 'Its page.';
COMMENT ON COLUMN recurrences.gap_days IS 'Days from the earlier to the later; NULL when one is undated.';
COMMENT ON COLUMN recurrences.similarity IS 'Cosine of the two texts, -1 to 1; high does not by itself mean the same ask.';
COMMENT ON COLUMN recurrences.evidence IS 'What decided the type of the link.';
