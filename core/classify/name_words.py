"""The words that the name rules look for, as patterns over a name that `core.classify.wording` has spelled out."""

from __future__ import annotations

FUND = (
    r"\b(?:etf|etn|fund|fd|index|portfolio|pool|trust (?:i|ii|iii|plus|select)|ishares|vanguard|spdr|proshares|"
    r"invesco|schwab|fidelity|dimensional|dfa|avantis|wisdomtree|admiral|institutional (?:shares|class)|"
    r"class [a-z]\b|target retirement)"
)
CASH = (
    r"^(?:cash(?: (?:balance|& cash investments|and cash investments|or equivalents?))?|us dollars?)$|"
    r"money market|money fund|money mkt|cash reserves?\b|bank deposit|insured deposit|fdic.insured|deposit sweep|"
    r"cash sweep|liquid assets|preferred savings|savings ?deposit"
)
#: A Treasury bill held directly: by law it matures within a year.
TREASURY_BILL = r"\bunited states treas\w* bills?\b|\b(?:us )?treasury bills?\b(?!.*(?:etf|fund|index))"
#: A fund of Treasury bills, or of Treasuries of less than a year.
BILL_FUND = (
    r"\bt bills?\b|\btreasury bills?\b|\b0 [136] month treasury|\btreasury 0 1 year\b|\b(?:3|6|"
    r"12) month (?:treasury )?bill|\bus treasury (?:3|6|12) month\b|\b1 3 month treasury"
)
BILLS_ARE_CASH = "Treasury bills of less than a year count as cash"
#: Bets, hedges and promises that change what a fund's market would do.
UNSURE = (
    r"\b(?:ultra(?:pro|short)? (?!short|small)|ultrapro|ultra(?:nasdaq|bull|bear|small|mid|dow|sector|china|"
    r"japan)\w*|ultrashort (?:s&p|dow|qqq|russell|msci|bloomberg)|leveraged?|inverse|bear|[23]x|1\.5x|enhanced 2|"
    r"bullbear|daily (?:target|bull|bear)|short (?:s&p|dow|qqq|russell\w*|msci|mid|small|20|7)|long.?short|"
    r"long.?flat|market neutral|vix|volatility (?:short|long)|managed futures|covered call|buy.?write|put.?write|"
    r"buffer\d*|floor\d*|option income|options?|collar(?:ed)?|premium income|yieldmax|defined outcome|"
    r"structured outcome|target outcome|accelerated|uncapped|barrier|income advantage|dividend multiplier|"
    r"convexity|downside|trendpilot|tactical|target range|hedged (?:equity|large|small|mid|us|dividend|growth|"
    r"value)|etracs|ipath|exchange traded notes?|merger|arbitrage|hedge fund|multi.?strategy|absolute return|"
    r"real return|long shrt|annuity|swan|alternatives?|private equity|drawdown|gold plus|plus gold|defender|"
    r"tail risk|event driven|limited partnership)\b"
)
SINGLE_BOND = (
    r"\bunited states treas|\bus treasury (?:note|bond|n/?b)\b|\btreasury (?:note|strip)s?\b|"
    r"\b\d{1,2}(?:\.\d+)?% .*\b(?:19|20)\d\d\b|\b\d{1,2}\.\d{2,6}%? ?\d{1,2} ?\d{1,2} ?(?:19|20)?\d\d\b|"
    r"\bcertificates? of deposit\b|\bbrokered cd\b|\bfdic ins(?:ured)? cd\b|\bcd fdic\b"
)
BOND = (
    r"\b(?:bonds?|treasury|treasuries|fixed income|us aggregate|corporate (?:credit|income)|municipals?|muni|tips|"
    r"inflation protected|mortgage backed|mortgage securities|gnma|ginnie|floating rate|senior loans?|bank loans?|"
    r"high yield(?! (?:dividend|equity))|ultra ?short|tax (?:exempt|free)|government (?:securities|income)|debt|"
    r"(?:short|limited|low|intermediate|long) duration|(?:short|limited|intermediate) term|investment grade|"
    r"bulletshares|ibonds|clo|securitized|multisector income|gilt)\b"
)
#: Words that bond funds use, and now and then a stock fund too.
SOFT_BOND = r"\b(?:credit|core plus|long term|strategic income|income fund|total return)\b"
SURE_EQUITY = (
    r"\b(?:equity|equities|stocks?|small cap|mid cap|large cap|smid cap|all cap|dividends?|growth|value|growers?|"
    r"s&p [14569]\d\d|russell \d+|nasdaq 100)\b"
)
EQUITY = (
    r"\b(?:stocks?|equity|equities|small cap|mid cap|large cap|all cap|compan(?:y|ies)|shareholders?|dividends?|"
    r"russell|s&p|msci|nasdaq|dow jones|index|etf|blue chip)\b"
)
OTHER = (
    r"\b(?:gold (?:trust|shares|mini ?shares|bullion|etf)|physical (?:gold|silver|platinum|palladium)|"
    r"silver (?:trust|shares)|bullion|commodit(?:y|ies)|crude oil|oil fund|natural gas fund|bitcoin|ethereum|"
    r"ether|crypto(?:currency)?|currencyshares|preferred (?:stock|securities|and income|&)|preferreds?|"
    r"convertibles?)\b"
)
NOT_OTHER = r"\b(?:miners?|producers?|equity|equities|stock)\b"
ALLOCATION = (
    r"\b(?:allocation|multi asset|lifestyle|lifestrategy|conservative(?! values?\b)|moderate|moderately|"
    r"aggressive(?! (?:value|equity|growth (?:fund|portfolio class|etf)))|managed (?:risk|payout)|risk managed|"
    r"income builder|risk parity|equity (?:and|&) income|rowe price capital appreciation(?! equity))\b"
)
TARGET_DATE = (
    r"\b(?:target|retirement|freedom|lifepath|lifecycle|one choice|smartretirement|date|preservation|lifetime|"
    r"multi index|ready)\b"
)
EMERGING = (
    r"\b(?:emerging(?! (?:growth|companies|opportunities|leaders))|emg|frontier(?! tech)|brics?|bic|hang seng|"
    r"sse star|russian?|belt one road|nifty|kospi|china|chinese|india|brazil|taiwan|south korea|korea|mexico|"
    r"latin america|turkey|thailand|indonesia|vietnam|malaysia|philippines|chile|peru|poland|south africa|africa|"
    r"saudi arabia|qatar|uae|kuwait|egypt|colombia|argentina|greece|asia ex japan|asian?|csi 300)\b"
)
DEVELOPED = (
    r"\b(?:eafe|developed|stoxx|nikkei|jpx|topix|dax|ftse 100|europe|european|eurozone|pacific|japan|japanese|"
    r"germany|united kingdom|france|canada|canadian|australia|switzerland|swiss|italy|spain|sweden|hong kong|"
    r"singapore|netherlands|nordic|israel|ireland|belgium|austria|denmark|finland|norway|new zealand|portugal)\b"
)
FOREIGN = r"\b(?:international|foreign|overseas)\b"
EX_US = r"\b(?:ex us|total international|world ex|all world ex)\b"
WORLD = r"\b(?:global|world|acwi|worldwide|kokusai)\b"

#: Sectors and the words for each, in the order in which they are tried.
SECTORS = (
    ("real_estate", r"\b(?:real estate|reits?|realty)\b"),
    (
        "information_technology",
        r"\b(?:technology|information tech|software|semiconductors?|cyber ?security|cloud computing)\b",
    ),
    ("communication_services", r"\b(?:communications?(?: services)?|telecom(?:munications?)?)\b"),
    (
        "health_care",
        r"\b(?:health ?care|biotech(?:nology)?|pharma(?:ceuticals?)?|medical|life sciences?|health sciences?)\b",
    ),
    (
        "financials",
        r"\b(?:financials?(?! (?:square|group|advisors))|business development|banks?|banking|insurance|"
        r"broker dealers?)\b",
    ),
    ("energy", r"\b(?:energy|oil & gas|oil and gas|mlps?|midstream)\b"),
    ("utilities", r"\b(?:utilities|utility)\b"),
    ("materials", r"\b(?:materials|metals & mining|metals and mining|chemicals?)\b"),
    ("industrials", r"\b(?:industrials?(?! average)|aerospace|defense|transportation|airlines?)\b"),
    (
        "consumer_discretionary",
        r"\b(?:consumer (?:discretionary|cyclicals?)|retail(?! (?:class|shares|fund))|homebuilders?|"
        r"home construction|leisure)\b",
    ),
    ("consumer_staples", r"\b(?:consumer (?:staples|defensive)|food & beverage|food and beverage)\b"),
)
#: Themes cut across sectors, sizes and countries.
THEMES = (
    r"\b(?:clean|green|solar|wind|infrastructure|water|natural resources|innovation|disruptive|disruptors?|"
    r"thematic|blockchain|cannabis|space|robotics?|artificial intelligence|genomics?|metaverse|esports|"
    r"video games?|uranium|lithium|electric vehicles?|internet|nanotechnology|spac)\b"
)

#: Families of target-date funds whose glide path is in the basis.
FAMILIES = (
    (r"\bvanguard\b", "vanguard"),
    (r"\bfidelity freedom index\b|\bfid(?:elity)? fr(?:ee)?dm idx\b", "fidelity_index"),
    (r"\bfidelity\b", "fidelity"),
    (r"\bschwab\b", "schwab"),
    (r"\bt\.? rowe\b|\btrowe\b", "t_rowe_price"),
    (r"\bamerican funds\b", "american_funds"),
    (r"\blifepath\b", "lifepath"),
)
