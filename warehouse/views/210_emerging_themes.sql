CREATE VIEW emerging_themes AS
WITH member AS (
    SELECT proposal_id, unnest(member_ids) AS recommendation_id FROM base.proposal
),
counted AS (
    SELECT
        member.proposal_id,
        count(*) AS recommendation_count,
        count(DISTINCT recommendation.ask_id) AS ask_count,
        count(DISTINCT recommendation.sha256) AS document_count,
        list(DISTINCT document.source ORDER BY document.source) AS sources,
        min(document.published) AS first_published,
        max(document.published) AS last_published
    FROM member
    JOIN base.recommendation USING (recommendation_id)
    JOIN base.document USING (sha256)
    GROUP BY member.proposal_id
)
SELECT
    proposal.proposal_id,
    proposal.name,
    recommendation.text,
    proposal.keywords,
    counted.ask_count,
    counted.recommendation_count,
    counted.document_count,
    proposal.bodies,
    counted.sources,
    CAST(proposal.years AS BIGINT[]) AS years,
    counted.first_published,
    counted.last_published,
    proposal.recent AS recent_count,
    proposal.earlier AS earlier_count,
    proposal.recent - proposal.earlier AS growth_count,
    TRY_CAST(proposal.state AS proposal_state) AS state,
    proposal.decided_by,
    proposal.member_ids
FROM base.proposal
JOIN counted USING (proposal_id)
JOIN base.recommendation ON recommendation.recommendation_id = proposal.central_id
WHERE proposal.state <> 'declined'
ORDER BY counted.ask_count DESC, counted.last_published DESC NULLS LAST, proposal.proposal_id;
COMMENT ON VIEW emerging_themes IS 'Candidates for a new theme: recommendations that no theme covers and that belong together, named from their own words, for people to accept or decline with perennial themes accept|decline. A declined one is left out until it has grown by half.';
COMMENT ON COLUMN emerging_themes.proposal_id IS 'Minted once, never given again; stays with the cluster while it keeps most of its rows.';
COMMENT ON COLUMN emerging_themes.name IS 'Its most telling words.';
COMMENT ON COLUMN emerging_themes.text IS 'Verbatim text of its most central recommendation.';
COMMENT ON COLUMN emerging_themes.keywords IS 'Words that mark it against the other rows without a theme.';
COMMENT ON COLUMN emerging_themes.ask_count IS 'Asks in it, reprints once.';
COMMENT ON COLUMN emerging_themes.recommendation_count IS 'Rows in it, reprints included.';
COMMENT ON COLUMN emerging_themes.document_count IS 'Documents that print them.';
COMMENT ON COLUMN emerging_themes.bodies IS 'Who asked.';
COMMENT ON COLUMN emerging_themes.sources IS 'Streams the asks came from.';
COMMENT ON COLUMN emerging_themes.years IS 'Calendar years of the asks.';
COMMENT ON COLUMN emerging_themes.first_published IS 'Publication day of the first.';
COMMENT ON COLUMN emerging_themes.last_published IS 'Publication day of the latest.';
COMMENT ON COLUMN emerging_themes.recent_count IS 'Rows published in the last twelve months.';
COMMENT ON COLUMN emerging_themes.earlier_count IS 'Rows published in the twelve months before.';
COMMENT ON COLUMN emerging_themes.growth_count IS 'recent_count less earlier_count.';
COMMENT ON COLUMN emerging_themes.state IS 'proposed; proposed again: declined once, and grown by half since; accepted: to be written into the registry.';
COMMENT ON COLUMN emerging_themes.decided_by IS 'Who decided; NULL: nobody has.';
COMMENT ON COLUMN emerging_themes.member_ids IS 'Its recommendations.';
