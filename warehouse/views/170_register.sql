CREATE VIEW register AS
WITH rule AS (SELECT * FROM base.parameter),
printed AS (
    SELECT
        recommendation.ask_id,
        list({'recommendation_id': recommendation_id, 'source': document.source, 'title': document.title,
              'published': document.published, 'page': recommendation.page,
              'page_url': base.page_url(document.url, document.media_type, recommendation.page)}
             ORDER BY document.published NULLS LAST, recommendation_id) AS printings
    FROM base.recommendation JOIN base.document USING (sha256)
    GROUP BY recommendation.ask_id
),
answer AS (
    SELECT
        ask_id,
        count(*) AS answer_count,
        min(answered_on) AS first_answered_on,
        max(CAST(fetched_at AS DATE)) AS last_answer_first_seen,
        list({'status': status, 'status_text': status_text, 'text': response_text, 'answered_on': answered_on,
              'title': title, 'page': response_page, 'page_url': base.page_url(url, media_type, response_page),
              'recommendation_id': recommendation_id, 'answered_by': answered_by, 'is_letter': is_letter}
             ORDER BY answered_on DESC NULLS LAST, recommendation_id) AS answers
    FROM base.answer GROUP BY ask_id
),
history AS (
    SELECT ask_id, list({'dated': dated, 'status': status, 'said_by': said_by}
                        ORDER BY dated NULLS FIRST, recorded_at, event_id) AS status_history
    -- A response that answers statement by statement says the same several times.
    FROM (SELECT ask_id, dated, status, said_by, recorded_at, min(event_id) AS event_id FROM base.status_event GROUP BY ALL)
    GROUP BY ask_id
),
themed AS (
    SELECT recommendation_id, list(theme ORDER BY theme) AS themes, max(score) AS theme_score
    FROM base.current_theme GROUP BY recommendation_id
),
reviewed AS (
    SELECT recommendation.ask_id, max(review.reviewed_on) AS last_reviewed_on
    FROM base.review JOIN base.recommendation USING (recommendation_id) GROUP BY ALL
),
shared AS (
    SELECT recommendation.ask_id, min(shared.shared_on) AS shared_on
    FROM base.shared JOIN base.recommendation USING (recommendation_id) GROUP BY ALL
),
closed AS (SELECT DISTINCT common_id FROM recurred_after_closure),
often AS (SELECT common_id FROM perennial_recommendations),
joined AS (
    SELECT
        ask.ask_id AS recommendation_id,
        ask.kind,
        recommendation.label,
        recommendation.text,
        ask.body,
        ask.source,
        ask.published,
        ask.year,
        document.title AS document_title,
        document.reference,
        recommendation.page,
        base.page_url(document.url, document.media_type, recommendation.page) AS page_url,
        addressed.addressees,
        coalesce(themed.themes, []) AS themes,
        themed.theme_score,
        ask.common_id,
        recommendation.deadline,
        recommendation.deadline_text,
        base.due_day(
            recommendation.deadline, ask.published, list_contains(rule.response_sources, ask.source), rule.response_days
        ) AS due,
        CASE
            WHEN recommendation.deadline IS NOT NULL THEN 'printed'
            WHEN list_contains(rule.response_sources, ask.source) AND ask.published IS NOT NULL
                THEN rule.response_days || ' days from publication'
            WHEN list_contains(rule.response_sources, ask.source) THEN 'publication day not known'
        END AS due_rule,
        base.due_for(recommendation.deadline, list_contains(rule.response_sources, ask.source)) AS due_for,
        coalesce(current.status, 'none') AS status,
        current.dated AS status_dated,
        current.said_by AS status_said_by,
        coalesce(answer.answer_count, 0) > 0 AS is_answered,
        coalesce(answer.answer_count, 0) AS answer_count,
        answer.first_answered_on,
        answer.answers[1].text AS response_text,
        answer.answers[1].status_text AS response_status_text,
        answer.answers[1].title AS response_title,
        answer.answers[1].page AS response_page,
        answer.answers[1].page_url AS response_page_url,
        coalesce(answer.answers, []) AS answers,
        answer.last_answer_first_seen,
        coalesce(history.status_history, []) AS status_history,
        reviewed.last_reviewed_on,
        shared.shared_on,
        closed.common_id IS NOT NULL AND ask.is_recurring AS has_recurred_after_closure,
        often.common_id IS NOT NULL AND ask.is_recurring AS is_perennial,
        ask.is_known_from_response_only,
        printed.printings,
        document.is_restricted,
        CAST(document.fetched_at AS DATE) AS first_seen,
        ask.sha256,
        rule.as_of
    FROM base.ask
    CROSS JOIN rule
    JOIN base.recommendation ON recommendation.recommendation_id = ask.ask_id
    JOIN base.document ON document.sha256 = ask.sha256
    JOIN printed ON printed.ask_id = ask.ask_id
    LEFT JOIN base.current_status AS current ON current.ask_id = ask.ask_id
    LEFT JOIN answer ON answer.ask_id = ask.ask_id
    LEFT JOIN history ON history.ask_id = ask.ask_id
    LEFT JOIN themed ON themed.recommendation_id = ask.ask_id
    JOIN base.addressed ON addressed.ask_id = ask.ask_id
    LEFT JOIN reviewed ON reviewed.ask_id = ask.ask_id
    LEFT JOIN shared ON shared.ask_id = ask.ask_id
    LEFT JOIN closed ON closed.common_id = ask.common_id
    LEFT JOIN often ON often.common_id = ask.common_id
),
judged AS (
    SELECT
        joined.*,
        base.is_overdue(due, as_of, status, due_for, NOT is_answered AND status = 'none') AS is_overdue
    FROM joined
)
SELECT
    judged.* EXCLUDE (as_of) REPLACE (
        TRY_CAST(kind AS kind) AS kind,
        TRY_CAST(status AS status) AS status,
        TRY_CAST(status_said_by AS said_by) AS status_said_by,
        TRY_CAST(due_for AS due_for) AS due_for
    ),
    CASE WHEN is_overdue THEN as_of - due END AS overdue_days,
    TRY_CAST(base.stage_of(status, is_answered, shared_on, themes, last_reviewed_on) AS stage) AS stage,
    TRY_CAST(framing.framing AS framing) AS framing,
    framing.framing_rule,
    framing.framing_evidence,
    framing.suggestion AS framing_suggestion,
    as_of
FROM judged JOIN base.framing ON framing.ask_id = judged.recommendation_id;
COMMENT ON VIEW register IS 'One row an ask, reprints joined, with who must do what by when, what was answered, and where it stands. Overdue is counted to as_of, not to today.';
COMMENT ON COLUMN register.recommendation_id IS 'Of the first printing; recommendations.ask_id joins here.';
COMMENT ON COLUMN register.kind IS 'What the body calls it.';
COMMENT ON COLUMN register.label IS 'Number or letter as printed.';
COMMENT ON COLUMN register.text IS 'Verbatim.';
COMMENT ON COLUMN register.body IS 'Who asked. For is_known_from_response_only: who answered.';
COMMENT ON COLUMN register.source IS 'The stream.';
COMMENT ON COLUMN register.published IS 'Day of the first printing; NULL: not known.';
COMMENT ON COLUMN register.year IS 'Calendar year of published.';
COMMENT ON COLUMN register.document_title IS 'Title of the document. A coroner''s title may hold a name.';
COMMENT ON COLUMN register.reference IS 'The publisher''s own reference of the document.';
COMMENT ON COLUMN register.page IS 'Page of the first printing, counted from 1.';
COMMENT ON COLUMN register.page_url IS 'Address that opens it there.';
COMMENT ON COLUMN register.addressees IS 'Who is asked: as a person said last, else as printed, else to whom the document was sent; [] when not said. One row, however many addressees: see register_by_addressee for who is overdue.';
COMMENT ON COLUMN register.themes IS 'Slugs as they stand, reviews included.';
COMMENT ON COLUMN register.theme_score IS 'Highest calibrated probability among them, 0 to 1; NULL: none, or only given by a person.';
COMMENT ON COLUMN register.common_id IS 'The common recommendation it is in; NULL: it stands alone.';
COMMENT ON COLUMN register.deadline IS 'Printed deadline.';
COMMENT ON COLUMN register.deadline_text IS 'The deadline in its own words; set even where it could not be made a date.';
COMMENT ON COLUMN register.due IS 'The day that counts: the printed deadline, else 56 days from publication where the law says so (see parameters); NULL: no day is set.';
COMMENT ON COLUMN register.due_rule IS 'Where due comes from: printed, so many days from publication, or publication day not known (an answer is due, and due is NULL); NULL: no day is set.';
COMMENT ON COLUMN register.due_for IS 'answer (a coroner or paragraph 28A: due by then is a reply) or completion (due by then is the work).';
COMMENT ON COLUMN register.status IS 'accepted, accepted in part, accepted in principle, under consideration, rejected, noted, done, not ours; none when nobody has said. The last review wins over the last dated response.';
COMMENT ON COLUMN register.status_dated IS 'Since when: day of the response''s document, or of the review.';
COMMENT ON COLUMN register.status_said_by IS 'response or review.';
COMMENT ON COLUMN register.is_answered IS 'True: an answer was found, printed beside the ask, in a response that restates it, or in a letter that answers its whole document. False does not mean nobody answered: the response may not be among the documents.';
COMMENT ON COLUMN register.answer_count IS 'Answers found; several addressees may each answer.';
COMMENT ON COLUMN register.first_answered_on IS 'Day of the first answer.';
COMMENT ON COLUMN register.response_text IS 'The latest answer, verbatim; all are in answers. Of a letter that answers the whole document its first 4,000 characters.';
COMMENT ON COLUMN register.response_status_text IS 'The words of the latest answer that gave its status.';
COMMENT ON COLUMN register.response_title IS 'Document of the latest answer.';
COMMENT ON COLUMN register.response_page IS 'Its page.';
COMMENT ON COLUMN register.response_page_url IS 'Address that opens it there.';
COMMENT ON COLUMN register.answers IS 'Every answer, latest first, with its page, who gave it (answered_by; NULL: printed beside the ask, or not known) and whether it is a letter to the whole document.';
COMMENT ON COLUMN register.last_answer_first_seen IS 'Day (UTC) the last answer''s document was first fetched.';
COMMENT ON COLUMN register.status_history IS 'Every dated status, oldest first, said by responses and reviewers.';
COMMENT ON COLUMN register.last_reviewed_on IS 'Day of the last review of any kind.';
COMMENT ON COLUMN register.shared_on IS 'Day it first went out in a digest; NULL: not recorded as sent.';
COMMENT ON COLUMN register.has_recurred_after_closure IS 'True: its common recommendation was asked again after being accepted or closed.';
COMMENT ON COLUMN register.is_perennial IS 'True: its common recommendation is perennial by the stated rule and this ask is one that recurs.';
COMMENT ON COLUMN register.is_known_from_response_only IS 'True: only a restatement in a response was read, not the report that asked.';
COMMENT ON COLUMN register.printings IS 'Every place it is printed, the first first; restatements in responses included.';
COMMENT ON COLUMN register.is_restricted IS 'True: not in the public file. Do not pass on.';
COMMENT ON COLUMN register.first_seen IS 'Day (UTC) its document was first fetched.';
COMMENT ON COLUMN register.sha256 IS 'The document; joins to documents.';
COMMENT ON COLUMN register.is_overdue IS 'True: due is past at as_of, and for an answer none is known, for completion nobody has said done, rejected or not ours. Accepted alone does not complete the work.';
COMMENT ON COLUMN register.overdue_days IS 'Days from due to as_of; NULL when not overdue.';
COMMENT ON COLUMN register.stage IS 'CASE: captured (extracted and verified), analysed (themed or reviewed), shared (went out in a digest), evaluated (answered or given a status). The furthest reached; one may be reached without those before.';
COMMENT ON COLUMN register.framing IS 'tame or wicked; the rule is in framing_rule.';
COMMENT ON COLUMN register.framing_rule IS 'Why: wicked when it came back after acceptance or closure, is perennial, or takes three levers or more and is asked by two bodies or more.';
COMMENT ON COLUMN register.framing_evidence IS 'What the rule rests on: asks after closure, years and bodies, levers.';
COMMENT ON COLUMN register.framing_suggestion IS 'tame: track it to completion. wicked: discuss it, with whom and what about.';
COMMENT ON COLUMN register.as_of IS 'The day overdue is counted to.';
