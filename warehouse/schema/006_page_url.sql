-- The address that opens a document at a page; a web page has none, so its address is enough.
CREATE MACRO base.page_url(url, media_type, page) AS
    CASE WHEN media_type = 'text/html' THEN url ELSE url || '#page=' || page END;
COMMENT ON MACRO base.page_url IS 'The address that opens a document at a page; of a web page its own address.';
