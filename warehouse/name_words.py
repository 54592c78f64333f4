"""Words for `names`: given names common in Britain, a cue and never proof, and words no name has. Never complete."""

import re

GIVEN = frozenset(
    re.findall(
        r"\w+",
        """
    aaron abbie abdul abdullah abigail abraham adam adele adrian agnes ahmed aidan aimee aisha alan alana albert
    alec alex alexander alexandra alexis alfie alfred ali alice alicia alison alistair allan alma amal amanda
    amber amelia amina amir amy ana andrea andrew andy angela angus anil anita ann anna annabel anne annette
    annie anthony antonia antonio antony anya archie ariana arjun arnold arthur asha ashley audrey ava aysha
    barbara barry beatrice becky belinda ben benjamin bernadette bernard beryl bethany betty beverley billie
    billy bilal bobby bradley brandon brenda brendan brett brian bridget bronwen bruce bryan bryn caitlin callum
    calum cameron carl carla carly carmen caroline carolyn catherine cathy cecil cedric chantelle charlene
    charles charlie charlotte cheryl chloe chris christian christina christine christopher claire clara clare
    clive colin connor conor corey craig cynthia cyril daisy damian damien daniel danielle daphne darren dave
    david dawn deborah debra declan deepak demi denis denise dennis derek desmond diana diane dominic donald
    donna doreen doris dorothy douglas duncan dylan eddie edith edmund edna edward edwin eileen elaine eleanor
    elena elijah elizabeth ella ellen ellie elliot elliott elsie emilia emily emma eric erica erin ernest esme
    esther ethan ethel eva evan eve evelyn evie farah fatima felicity finlay fiona florence frances francesca
    francis frank frankie fraser fred freda freddie frederick freya gareth garry gary gavin gemma geoff geoffrey
    george georgia georgina gerald geraldine gerard gerry gertrude gillian gladys glen glenn gloria gordon grace
    graham greg gregory greta guy gwen gwyneth hamza hannah hanna harold harriet harrison harry harvey hasan
    hassan hazel heather hector helen helena henry herbert hilary hilda holly horace howard hugh hugo ian
    ibrahim ida imran irene iris isaac isabel isabella isabelle isla ismail ivan ivor ivy jack jackie jackson
    jacob jacqueline jade jake jamal james jamie jan jane janet janice janine jasmin jasmine jason jay jayden
    jayne jean jeanette jeff jeffrey jemma jennifer jenny jeremy jermaine jerome jerry jess jessica jill jim
    jimmy joan joanna joanne joe joel john johnny jon jonathan jordan jose joseph josephine josh joshua josie
    joy joyce juan judith judy julia julian julie juliet justin kai kamal kane karen karim karl kate katherine
    kathleen kathryn kathy katie katrina kay kayleigh keeley keith kelly kelvin ken kenneth kerry kevin khalid
    kian kieran kim kimberley kirsten kirsty kris krishna kyle kylie lara laura lauren laurence lawrence layla
    leah leanne lee lena leo leon leona leonard leroy lesley leslie lewis liam libby lily linda lindsay lindsey
    lionel lisa lloyd logan lois lola lorna lorraine louis louisa louise lucas lucy luke lydia lyn lynda lynn
    lynne mabel madeleine madison maisie malcolm mandy marc marcia marcus margaret margery maria mariam marian
    marie marilyn mario marion marjorie mark marlene marlon martha martin martyn mary mason matilda matt matthew
    maureen maurice max maxine megan mehmet melanie melissa mia michael michaela michelle mick mike mildred
    millie miriam mohamed mohammad mohammed moira mollie molly mona monica morgan moses muhammad muriel musa
    mustafa myra nadia nadine naomi natalie natasha nathan nathaniel neil nicholas nichola nicola nicole nicky
    nigel nikki nina noah noel nora norma norman oliver olive olivia omar oscar osman owen paige pamela parveen
    patricia patrick paul paula pauline pearl peggy penelope peter philip philippa phillip phoebe phyllis piotr
    poppy priya rachael rachel rajesh ralph ramesh rashid raymond rebecca reece reg reginald rehana reuben rhian
    rhys ricardo richard ricky rita robbie robert roberta robyn rodney roger roland ronald ronnie rory rosalind
    roseanne rosemary rosie ross rowan roxanne roy ruby rupert russell ruth ryan sadie saeed safiya salim sally
    salma sam samantha samir samira samuel sandra sara sarah saskia saul scarlett scott sean sebastian shannon
    sharon shaun shawn sheila shelley shirley shona sian sidney simon sofia sonia sophia sophie spencer stacey
    stan stanley stella stephanie stephen steve steven stewart stuart suresh susan susanna suzanne sybil sydney
    sylvia tamara tammy tanya tara tariq tasha ted terence teresa terri terry thelma theo theodore theresa
    thomas tiffany tim timothy tina toby todd tom tomasz tommy toni tony tracey tracy trevor tristan tyler
    tyrone una usman valerie vanessa vera verity vernon veronica vijay vikram vincent viola violet vivian vivien
    vivienne walter warren wayne wendy wilfred william winifred winston yasmin yasmine yusuf yvette yvonne
    zachary zahra zainab zara zoe zofia
    """,
    )
)
# Also ordinary words, months, places or surnames of institutions: alone they say nothing.
AMBIGUOUS = frozenset(
    re.findall(
        r"\w+",
        """
    amber christian dawn daisy demi florence frank georgia glen grace guy harrison hazel heather holly iris ivy
    jan jay jordan joy kay ken lee mark mason max morgan olive pearl poppy robin ross rowan ruby scott spencer
    stella sydney victoria viola violet warren wayne jack jackson lewis lloyd logan madison martin leo
    """,
    )
)
# A sequence of capitals with one of these is an office, a place or a thing, never a person.
NO_NAME = frozenset(
    re.findall(
        r"\w+",
        """
    a act action actions acute addiction adult advice after agency air alcohol all ambulance an and annex any
    appendix april area areas army assistant association august authority authorities avenue bank bay before
    board body borough both british bridge bus but by cabinet care case castle cause centre chair chairman
    chapter chief child children christmas church circumstances circle city clinic clinical close coast college
    command commission commissioner committee community company conclusion concern concerns constable
    constabulary constables control coroner coroners corporation council county court covid cps crime crisis
    criminal crown custody date dead death deaths deceased december defence department deputy detective did
    director disability district division doctor domestic drive dr drug duty each east eastern education
    emergency employment england english environment evidence executive family february finding findings fire
    first following for force foundation friday from further future general girls government governor governors
    gp great green group guidance hall health her high highway highways his hm hmp home homes hospital hospitals
    house housing however human husband i in independent infirmary information inquest inquests inquiry
    inspector inspectorate institute intensive intermediate international into investigation ireland is it
    january judge july june justice lane law legal limited local london lord lords ltd magistrates majesty man
    manager march matters may medical medicine men mental met metropolitan minister ministry missing mobile
    monday mother motor motorway mps narrative national network nhs no north northern nothing november nurse
    nursing october of office officer officers offender on one operation operations operational or order organisation
    other our outreach owing oxygen paediatric paragraph paramedic parish park parliament partnership patient
    patients pc people person persons planning plc police policing policy power practice prevention primary
    prison prisons probation professional programme proper property protection psychiatric public queen queens
    rail railway record recommendation region regional register regulation report reports resident rescue
    residential response responses review risk river road roads royal safe safeguarding safety saturday school
    schools scotland scottish secondary secretary section security senior september sergeant serious service
    services she sheriff ship should since sir social society some south southern special state station
    statement status street strategic suicide suite summary sunday superintendent supervision support surgery
    team teams term the their there these they this those three thursday time to traffic training transport
    treatment tribunal trust tuesday two uk unit united university urgent v valley vehicle victim victims
    violence visitor vulnerable wales ward was wednesday week welfare welsh west western what when where which
    while who wife with woman women work working yard year york you young your youth yorkshire
    """,
    )
)  # fmt: skip
