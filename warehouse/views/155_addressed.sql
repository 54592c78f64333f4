-- Who is asked, stated once: for the register, for what came back after closure, and for a past moment.
CREATE MACRO base.addressees_of(judged, printed, recipients) AS
    CASE WHEN judged IS NOT NULL THEN list_transform(string_split(judged, ';'), lambda name: trim(name))
         WHEN len(printed) > 0 THEN printed
         ELSE recipients END;
COMMENT ON MACRO base.addressees_of IS 'Who is asked: as a person said last, else as printed, else to whom the document was sent.';

CREATE MACRO base.name_words(name) AS
    list_filter(list_words(name), lambda word: NOT list_contains(
        ['the', 'of', 'for', 'and', 'to', 'chief', 'constable', 'commissioner', 'secretary', 'state', 'minister', 'ministry',
         'department', 'executive', 'officer', 'office', 'his', 'her', 'majesty', 'mr', 'mrs', 'ms', 'dr', 'rt', 'hon', 'mp'],
        word));
COMMENT ON MACRO base.name_words IS 'The words of a body''s name without those of offices.';

CREATE MACRO base.is_same_body(one, other) AS
    coalesce(len(base.name_words(one)) > 0 AND len(base.name_words(other)) > 0
        AND (list_has_all(base.name_words(one), base.name_words(other))
             OR list_has_all(base.name_words(other), base.name_words(one))), FALSE);
COMMENT ON MACRO base.is_same_body IS 'True: the words of one name are all in the other, offices aside: Kent Police and the Chief Constable of Kent Police.';

CREATE MACRO base.share_addressee(named, others) AS
    CASE WHEN len(named) > 0 AND len(others) > 0
         THEN len(list_filter(named, lambda name: len(list_filter(others, lambda other: base.is_same_body(name, other))) > 0)) > 0
    END;
COMMENT ON MACRO base.share_addressee IS 'True: one body at least is named in both lists, compared as is_same_body does; false: both name somebody, and nobody twice; NULL: one of them names nobody.';

CREATE VIEW base.addressed AS
WITH judged AS (
    SELECT ask_id, nullif(addressee, 'withdrawn') AS addressee
    FROM (SELECT recommendation.ask_id, arg_max(review.answer, (review.recorded_at, review.review_id)) AS addressee
          FROM base.review JOIN base.recommendation USING (recommendation_id)
          WHERE review.question = 'addressee' GROUP BY recommendation.ask_id)
)
SELECT ask.ask_id, base.addressees_of(judged.addressee, recommendation.addressees, document.recipients) AS addressees
FROM base.ask
JOIN base.recommendation ON recommendation.recommendation_id = ask.ask_id
JOIN base.document ON document.sha256 = ask.sha256
LEFT JOIN judged ON judged.ask_id = ask.ask_id;
COMMENT ON VIEW base.addressed IS 'One row an ask: who is asked.';
COMMENT ON COLUMN base.addressed.ask_id IS 'The ask.';
COMMENT ON COLUMN base.addressed.addressees IS 'As a person said last, else as printed, else to whom the document was sent; [] when not said.';
