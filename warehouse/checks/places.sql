-- Every recommendation and passage has text and stands on pages its document has.
SELECT recommendation_id AS id, sha256, page, page_end, page_count, 'page outside the document' AS problem
FROM base.recommendation JOIN base.document USING (sha256)
WHERE page < 1 OR page_end < page OR page_end > page_count OR response_page NOT BETWEEN 1 AND page_count
UNION ALL
SELECT recommendation_id, sha256, page, page_end, NULL, 'no span, so it cannot be found again'
FROM base.recommendation WHERE len(spans) = 0
UNION ALL
SELECT recommendation_id, sha256, page, page_end, NULL, 'span outside its pages, or empty'
FROM base.recommendation
WHERE len(list_filter(spans, lambda span: span.page NOT BETWEEN page AND page_end OR span."start" < 0 OR span."end" <= span."start")) > 0
UNION ALL
SELECT entry_id, sha256, page, NULL, page_count, 'passage outside the document'
FROM base.entry JOIN base.document USING (sha256) WHERE scope = 'documents' AND NOT page BETWEEN 1 AND page_count
UNION ALL
SELECT entry_id, sha256, page, NULL, NULL, 'no text' FROM base.entry WHERE trim(text) = ''
UNION ALL
SELECT recommendation_id, sha256, page, page_end, NULL, 'in a document that is not marked as read'
FROM base.recommendation JOIN base.document USING (sha256) WHERE NOT is_read
ORDER BY ALL
