-- Every id stands once.
SELECT 'document' AS table_name, sha256 AS id, count(*) AS row_count FROM base.document GROUP BY id HAVING count(*) > 1
UNION ALL
SELECT 'recommendation', recommendation_id, count(*) FROM base.recommendation GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'passage', entry_id, count(*) FROM base.entry WHERE scope = 'documents' GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'source', source, count(*) FROM base.source GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'common_recommendation', common_id, count(*) FROM base.common_recommendation GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'common_member', recommendation_id, count(*) FROM base.common_member GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'review', review_id, count(*) FROM base.review GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT 'run', run_id, count(*) FROM base.run GROUP BY ALL HAVING count(*) > 1
ORDER BY ALL
