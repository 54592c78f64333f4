-- A document that could not be read has an issue that says why: it must not look like one with nothing in it.
SELECT sha256, source, url
FROM base.document
WHERE NOT is_read
  AND sha256 NOT IN (SELECT document FROM base.issue WHERE document IS NOT NULL)
  AND NOT list_has_any(urls, (SELECT coalesce(list(document), []) FROM base.issue WHERE document IS NOT NULL))
ORDER BY ALL
