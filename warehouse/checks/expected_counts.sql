-- No source and year holds less than people have reviewed and written down (expected_counts.csv in the data folder).
WITH found AS (
    SELECT document.source, year(document.published) AS year, count(DISTINCT sha256) AS documents,
        count(recommendation_id) FILTER (kind <> 'quoted_recommendation') AS recommendations
    FROM base.document LEFT JOIN base.recommendation USING (sha256)
    GROUP BY ALL
)
SELECT expected.source, expected.year, expected.documents AS documents_expected, coalesce(found.documents, 0) AS documents,
    expected.recommendations AS recommendations_expected, coalesce(found.recommendations, 0) AS recommendations
FROM base.expected_count AS expected
LEFT JOIN found ON found.source = expected.source AND found.year IS NOT DISTINCT FROM expected.year
WHERE coalesce(found.documents, 0) < expected.documents OR coalesce(found.recommendations, 0) < expected.recommendations
ORDER BY ALL
