-- The public file holds no restricted document, and no row whose document it does not hold.
SELECT sha256, source, 'restricted document' AS problem FROM base.document CROSS JOIN base.parameter WHERE is_public AND is_restricted
UNION ALL
SELECT issue.document, issue.source, 'issue on a document that is not here'
FROM base.issue CROSS JOIN base.parameter
WHERE is_public AND regexp_full_match(issue.document, '[0-9a-f]{64}')
  AND issue.document NOT IN (SELECT sha256 FROM base.document)
UNION ALL
SELECT review.recommendation_id, NULL, 'review of a row that is not here'
FROM base.review CROSS JOIN base.parameter
WHERE is_public AND review.recommendation_id NOT IN (SELECT recommendation_id FROM base.recommendation)
UNION ALL
SELECT theme_event.recommendation_id, NULL, 'theme event of a row that is not here'
FROM base.theme_event CROSS JOIN base.parameter
WHERE is_public AND theme_event.recommendation_id NOT IN (SELECT recommendation_id FROM base.recommendation)
UNION ALL
SELECT member.recommendation_id, NULL, 'identity event of a row that is not here'
FROM (SELECT unnest(member_ids) AS recommendation_id FROM base.identity_event) AS member CROSS JOIN base.parameter
WHERE is_public AND member.recommendation_id NOT IN (SELECT recommendation_id FROM base.recommendation)
ORDER BY ALL
