-- Every row's parent is there. Ledger lines (reviews, events) may outlive the rows they speak of.
SELECT 'recommendation' AS table_name, recommendation_id AS id, sha256 AS missing FROM base.recommendation ANTI JOIN base.document USING (sha256)
UNION ALL
SELECT 'entry', entry_id, sha256 FROM base.entry ANTI JOIN base.document USING (sha256)
UNION ALL
SELECT 'letter', sha256, answered_sha256 FROM base.letter ANTI JOIN (SELECT sha256 AS answered_sha256 FROM base.document) USING (answered_sha256)
UNION ALL
SELECT 'letter', sha256, sha256 FROM base.letter ANTI JOIN base.document USING (sha256)
UNION ALL
SELECT 'fetch', url, sha256 FROM base.fetch ANTI JOIN base.document USING (sha256)
UNION ALL
SELECT 'recommendation', recommendation_id, ask_id FROM base.recommendation
ANTI JOIN (SELECT recommendation_id AS ask_id FROM base.recommendation) USING (ask_id)
UNION ALL
SELECT 'assignment', recommendation_id, recommendation_id FROM base.assignment ANTI JOIN base.recommendation USING (recommendation_id)
UNION ALL
SELECT 'assigned_theme', recommendation_id, theme FROM base.assigned_theme ANTI JOIN base.theme USING (theme)
UNION ALL
SELECT 'common_member', common_id, recommendation_id FROM base.common_member ANTI JOIN base.recommendation USING (recommendation_id)
UNION ALL
SELECT 'common_recommendation', common_id, representative_id FROM base.common_recommendation
ANTI JOIN (SELECT common_id, recommendation_id AS representative_id FROM base.common_member) USING (common_id, representative_id)
UNION ALL
SELECT 'link', later_id, earlier_id FROM base.link ANTI JOIN (SELECT recommendation_id AS earlier_id FROM base.recommendation) USING (earlier_id)
UNION ALL
SELECT 'link', earlier_id, later_id FROM base.link ANTI JOIN (SELECT recommendation_id AS later_id FROM base.recommendation) USING (later_id)
UNION ALL
SELECT 'link', earlier_id, common_id FROM base.link ANTI JOIN base.common_recommendation USING (common_id)
ORDER BY ALL
