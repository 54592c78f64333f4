CREATE VIEW emerging_themes AS
SELECT
    common_id, text, keywords, ask_count, recommendation_count, document_count, bodies, sources, years, first_seen, last_seen,
    is_perennial
FROM common_recommendations
WHERE len(themes) = 0
ORDER BY ask_count DESC, last_seen DESC NULLS LAST, common_id;
COMMENT ON VIEW emerging_themes IS 'Common recommendations none of whose members has a theme: candidates for a new theme, for people to accept or decline. First version: what is grouped and unthemed; it does not yet look for trends.';
COMMENT ON COLUMN emerging_themes.common_id IS 'The common recommendation.';
COMMENT ON COLUMN emerging_themes.text IS 'Verbatim text of its most central recommendation.';
COMMENT ON COLUMN emerging_themes.keywords IS 'Words that mark it.';
COMMENT ON COLUMN emerging_themes.ask_count IS 'How often it was asked, reprints once.';
COMMENT ON COLUMN emerging_themes.recommendation_count IS 'Rows in it, reprints included.';
COMMENT ON COLUMN emerging_themes.document_count IS 'Documents that print it.';
COMMENT ON COLUMN emerging_themes.bodies IS 'Who asked.';
COMMENT ON COLUMN emerging_themes.sources IS 'Streams the asks came from.';
COMMENT ON COLUMN emerging_themes.years IS 'Calendar years of the asks.';
COMMENT ON COLUMN emerging_themes.first_seen IS 'Publication day of the first ask.';
COMMENT ON COLUMN emerging_themes.last_seen IS 'Publication day of the latest ask.';
COMMENT ON COLUMN emerging_themes.is_perennial IS 'True: meets the perennial rule although no theme owns it.';
