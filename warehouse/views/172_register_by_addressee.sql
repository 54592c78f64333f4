CREATE VIEW register_by_addressee AS
WITH asked AS MATERIALIZED (
    SELECT register.*, unnest(CASE WHEN len(addressees) > 0 THEN list_distinct(addressees) ELSE [NULL] END) AS addressee
    FROM register
),
-- Names are compared word by word, which costs, and few asks have several addressees and an answer.
answered AS (
    SELECT asked.*, answers AS own_answers FROM asked WHERE len(addressees) < 2 OR len(answers) = 0
    UNION ALL
    SELECT
        asked.*,
        list_filter(answers, lambda one:
            one.answered_by IS NULL AND NOT one.is_letter
            OR base.is_same_body(one.answered_by, addressee)
            -- A response that restates the ask and is from nobody who was asked speaks for all: a government for its departments.
            OR NOT one.is_letter AND len(list_filter(addressees, lambda name: base.is_same_body(one.answered_by, name))) = 0
        ) AS own_answers
    FROM asked WHERE len(addressees) >= 2 AND len(answers) > 0
),
judged AS (
    SELECT
        answered.* EXCLUDE (is_overdue, overdue_days, answers, is_answered),
        len(own_answers) > 0 AS is_answered,
        base.is_overdue(
            due, as_of, status, due_for, len(own_answers) = 0 AND status_said_by IS DISTINCT FROM 'review'
        ) AS is_overdue
    FROM answered
)
SELECT
    recommendation_id,
    addressee,
    body,
    source,
    published,
    label,
    text,
    themes,
    due,
    due_for,
    due_rule,
    status,
    is_answered,
    list_min(list_transform(own_answers, lambda one: one.answered_on)) AS first_answered_on,
    own_answers[1].text AS response_text,
    own_answers[1].page_url AS response_page_url,
    is_overdue,
    CASE WHEN is_overdue THEN as_of - due END AS overdue_days,
    stage,
    page_url,
    is_restricted,
    as_of
FROM judged;
COMMENT ON VIEW register_by_addressee IS 'One row an ask and a body it is addressed to: who has answered, and who is overdue by how long. Asks that name nobody have one row with addressee NULL.';
COMMENT ON COLUMN register_by_addressee.recommendation_id IS 'The ask; joins to register.';
COMMENT ON COLUMN register_by_addressee.addressee IS 'One of register.addressees; NULL: nobody is named.';
COMMENT ON COLUMN register_by_addressee.body IS 'Who asked.';
COMMENT ON COLUMN register_by_addressee.source IS 'The stream.';
COMMENT ON COLUMN register_by_addressee.published IS 'Day of the first printing.';
COMMENT ON COLUMN register_by_addressee.label IS 'Number or letter as printed.';
COMMENT ON COLUMN register_by_addressee.text IS 'Verbatim.';
COMMENT ON COLUMN register_by_addressee.themes IS 'Slugs as they stand, reviews included.';
COMMENT ON COLUMN register_by_addressee.due IS 'The day that counts, see register.';
COMMENT ON COLUMN register_by_addressee.due_for IS 'answer or completion.';
COMMENT ON COLUMN register_by_addressee.due_rule IS 'Where due comes from, see register.';
COMMENT ON COLUMN register_by_addressee.status IS 'Status of the ask, whoever gave it.';
COMMENT ON COLUMN register_by_addressee.is_answered IS 'True: an answer of this addressee was found. With several addressees a letter counts for the one whose name it bears, compared word by word: one signed otherwise counts for none of them.';
COMMENT ON COLUMN register_by_addressee.first_answered_on IS 'Day of the addressee''s first answer; NULL: none, or undated.';
COMMENT ON COLUMN register_by_addressee.response_text IS 'Its latest answer, verbatim.';
COMMENT ON COLUMN register_by_addressee.response_page_url IS 'Address that opens it.';
COMMENT ON COLUMN register_by_addressee.is_overdue IS 'True: due is past at as_of, and for an answer this addressee has given none, for completion nobody has said done, rejected or not ours.';
COMMENT ON COLUMN register_by_addressee.overdue_days IS 'Days from due to as_of; NULL when not overdue.';
COMMENT ON COLUMN register_by_addressee.stage IS 'CASE stage of the ask.';
COMMENT ON COLUMN register_by_addressee.page_url IS 'Address that opens the ask at its page.';
COMMENT ON COLUMN register_by_addressee.is_restricted IS 'True: not in the public file. Do not pass on.';
COMMENT ON COLUMN register_by_addressee.as_of IS 'The day overdue is counted to.';
