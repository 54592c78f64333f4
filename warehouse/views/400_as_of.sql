-- What past nights knew, from what is dated: fetches, the ledgers' events, reviews. Recorded time is the moment asked
-- about; valid time (published, dated, due) is in the rows.
CREATE MACRO base.to_moment(moment) AS
    CASE WHEN length(CAST(moment AS VARCHAR)) = 10
         THEN CAST(moment AS TIMESTAMP) + INTERVAL 1 DAY - INTERVAL 1 MICROSECOND
         ELSE CAST(moment AS TIMESTAMP) END;
COMMENT ON MACRO base.to_moment IS 'A day means its end, UTC; a timestamp means itself.';

CREATE MACRO base.document_at(moment) AS TABLE
WITH line AS (
    SELECT *, row_number() OVER (PARTITION BY sha256 ORDER BY fetched_at, connector, url) AS place
    FROM base.fetch WHERE fetched_at <= moment
),
listed AS (
    SELECT
        sha256,
        arg_min(source, place) AS source,
        arg_min(connector, place) AS connector,
        arg_min(url, place) AS url,
        arg_min(title, place) FILTER (title IS NOT NULL) AS title,
        arg_min(body, place) FILTER (body IS NOT NULL) AS body,
        arg_min(published, place) FILTER (published IS NOT NULL) AS published,
        arg_min(reference, place) FILTER (reference IS NOT NULL) AS reference,
        list_distinct(flatten(list(recipients ORDER BY place))) AS recipients,
        bool_or(is_restricted) AS is_restricted,
        min(fetched_at) AS fetched_at,
        -- The last line that carries a notice, as the listing is read in order.
        arg_max(withdrawn_on, fetched_at) FILTER (withdrawn_on IS NOT NULL) AS withdrawn_on
    FROM line GROUP BY sha256
),
newest AS (SELECT url, arg_max(sha256, fetched_at) AS sha256, max(fetched_at) AS fetched_at FROM line GROUP BY url),
followed AS (
    SELECT sha256, url, lead(sha256) OVER moving AS next_sha256, lead(fetched_at) OVER moving AS replaced_at
    FROM line WINDOW moving AS (PARTITION BY url ORDER BY fetched_at)
),
replaced AS (
    SELECT followed.sha256, newest.sha256 AS superseded_by, CAST(newest.fetched_at AS DATE) AS superseded_on
    FROM followed JOIN newest USING (url)
    WHERE next_sha256 <> followed.sha256 AND followed.sha256 NOT IN (SELECT sha256 FROM newest)
    QUALIFY row_number() OVER (PARTITION BY followed.sha256 ORDER BY replaced_at DESC, url) = 1
),
gone AS (
    SELECT sha256, arg_max(kind, noticed_at) AS kind,
        arg_max(coalesce(happened_on, CAST(noticed_at AS DATE)), noticed_at) AS withdrawn_on
    FROM base.document_event
    WHERE noticed_at <= moment AND kind IN ('withdrawn', 'returned')
    GROUP BY sha256
)
SELECT
    listed.sha256,
    listed.source,
    coalesce(listed.body, CASE WHEN listed.connector = 'inbox' THEN fact.publisher END, source.publisher, listed.source)
        AS body,
    coalesce(listed.title, fact.title) AS title,
    coalesce(listed.published, fact.published) AS published,
    coalesce(listed.reference, fact.reference) AS reference,
    listed.url,
    listed.connector,
    listed.is_restricted,
    listed.recipients,
    document.media_type,
    document.byte_count,
    listed.fetched_at,
    document.is_read,
    document.page_count,
    coalesce(listed.withdrawn_on, CASE WHEN gone.kind = 'withdrawn' THEN gone.withdrawn_on END) AS withdrawn_on,
    replaced.superseded_by,
    replaced.superseded_on
FROM listed
JOIN base.document USING (sha256)
LEFT JOIN base.source ON source.source = listed.source
LEFT JOIN base.document_fact AS fact ON fact.sha256 = listed.sha256
LEFT JOIN gone ON gone.sha256 = listed.sha256
LEFT JOIN replaced ON replaced.sha256 = listed.sha256;
COMMENT ON MACRO TABLE base.document_at IS 'Documents as the archive''s lines up to a moment describe them.';

CREATE MACRO base.row_at(moment) AS TABLE
WITH refused AS (
    SELECT recommendation_id FROM base.review
    WHERE question = 'extraction' AND recorded_at <= moment
    GROUP BY recommendation_id
    HAVING arg_max(answer, (recorded_at, review_id)) = 'no'
),
every AS (
    SELECT
        recommendation_id, ask_id, sha256, kind, label, text, page, page_end, addressees, deadline, deadline_text,
        status, status_text, response_text, response_page
    FROM base.recommendation
    UNION ALL BY NAME
    SELECT *, recommendation_id AS ask_id FROM base.past_recommendation
),
known AS (
    SELECT every.*, document.* EXCLUDE (sha256), every.ask_id AS tree
    FROM every JOIN base.document_at(moment) AS document USING (sha256) ANTI JOIN refused USING (recommendation_id)
    WHERE document.superseded_by IS NULL
),
-- Statements of one response are one ask only through the report they answer.
rooted AS (
    SELECT *, CASE WHEN bool_or(kind <> 'quoted_recommendation') OVER (PARTITION BY tree) THEN ''
                   ELSE coalesce(label, recommendation_id) END AS branch
    FROM known
)
SELECT * EXCLUDE (tree, branch) REPLACE (
    first_value(recommendation_id) OVER (
        PARTITION BY tree, branch
        ORDER BY kind = 'quoted_recommendation', published NULLS LAST, sha256, page, recommendation_id) AS ask_id)
FROM rooted;
COMMENT ON MACRO TABLE base.row_at IS 'Recommendations as known at a moment, with the first printing known then.';

CREATE MACRO base.theme_at(moment) AS TABLE
WITH moved AS (
    SELECT recommendation_id, arg_min(themes_before, recorded_at) AS themes
    FROM base.theme_event WHERE recorded_at > moment GROUP BY recommendation_id
),
given AS (
    SELECT recommendation_id, theme, TRUE AS is_given FROM base.assigned_theme ANTI JOIN moved USING (recommendation_id)
    UNION ALL
    SELECT recommendation_id, unnest(themes), TRUE FROM moved
),
judgement AS (
    SELECT recommendation_id, theme, arg_max(answer, (recorded_at, review_id)) AS answer
    FROM base.review
    WHERE question = 'theme' AND theme IS NOT NULL AND recorded_at <= moment
    GROUP BY recommendation_id, theme
)
SELECT recommendation_id, theme
FROM given FULL JOIN judgement USING (recommendation_id, theme)
WHERE judgement.answer IN ('right', 'add') OR (is_given AND coalesce(judgement.answer, 'withdrawn') = 'withdrawn');
COMMENT ON MACRO TABLE base.theme_at IS 'Themes of rows at a moment: tonight''s, with every later move taken back, and reviews up to then.';

CREATE MACRO base.member_at(moment) AS TABLE
WITH told AS (
    SELECT common_id, arg_max(event, recorded_at) AS event, arg_max(member_ids, recorded_at) AS member_ids
    FROM base.identity_event WHERE recorded_at <= moment GROUP BY common_id
),
refused AS (
    SELECT common_id, recommendation_id FROM base.review
    WHERE question = 'same_ask' AND common_id IS NOT NULL AND recorded_at <= moment
    GROUP BY ALL HAVING arg_max(answer, (recorded_at, review_id)) = 'no'
),
member AS (
    SELECT common_id, unnest(member_ids) AS recommendation_id FROM told WHERE event NOT IN ('absorbed', 'retired')
)
SELECT common_id, recommendation_id
FROM member ANTI JOIN refused USING (common_id, recommendation_id)
QUALIFY count(*) OVER (PARTITION BY common_id) > 1;
COMMENT ON MACRO TABLE base.member_at IS 'Members of the common recommendations living at a moment, by the ledger''s events and people''s judgements up to then.';

CREATE MACRO base.answer_at(moment) AS TABLE
WITH row AS (FROM base.row_at(moment)),
said AS (
    SELECT ask_id, recommendation_id, status, response_text, sha256, published AS answered_on, fetched_at, kind
    FROM row WHERE status IS NOT NULL OR response_text IS NOT NULL
    UNION ALL
    SELECT DISTINCT asked.ask_id, letter.sha256, NULL, NULL, letter.sha256, document.published, document.fetched_at, NULL
    FROM base.letter
    JOIN row AS asked ON asked.sha256 = letter.answered_sha256 AND asked.kind <> 'quoted_recommendation'
    JOIN base.document_at(moment) AS document ON document.sha256 = letter.sha256
)
SELECT * EXCLUDE (kind) FROM said;
COMMENT ON MACRO TABLE base.answer_at IS 'Answers known at a moment.';

CREATE MACRO base.status_event_at(moment) AS TABLE
SELECT ask_id, status, answered_on AS dated, 'response' AS said_by, fetched_at AS recorded_at, recommendation_id AS event_id
FROM base.answer_at(moment) WHERE status IS NOT NULL
UNION ALL
SELECT row.ask_id, review.answer, review.reviewed_on, 'review', review.recorded_at, review.review_id
FROM base.review JOIN base.row_at(moment) AS row USING (recommendation_id)
WHERE review.question = 'status' AND review.recorded_at <= moment;
COMMENT ON MACRO TABLE base.status_event_at IS 'Dated statuses known at a moment.';
