"""The words that the name rules look for, as patterns over a name that `core.classify.wording` has spelled out."""

from __future__ import annotations

FUND = (
    r"\b(?:etf|etn|fund|fd|index|portfolio|pool|trust (?:i|ii|iii|plus|select)|ishares|vanguard|spdr|proshares|"
    r"invesco|schwab|fidelity|dimensional|dfa|avantis|wisdomtree|admiral|institutional (?:shares|class)|"
    r"class [a-z]\b|"
    r"target retirement)"
)
CASH = (
    r"^(?:cash(?: (?:balance|& cash investments|and cash investments|or equivalents?))?|us dollars?)$|"
    r"money market|money fund|money mkt|cash reserves?\b|bank deposit|insured deposit|fdic.insured|"
    r"deposit sweep|cash sweep|liquid assets|preferred savings|savings ?deposit"
)
#: A Treasury bill held directly: by law it matures within a year.
TREASURY_BILL = r"\bunited states treas\w* bills?\b|\b(?:us )?treasury bills?\b(?!.*(?:etf|fund|index))"
#: A fund of Treasury bills, or of Treasuries of less than a year.
BILL_FUND = (
    r"\bt bills?\b|\btreasury bills?\b|\b0 [136] month treasury|\btreasury 0 1 year\b|"
    r"\b(?:3|6|12) month (?:treasury )?bill|\bus treasury (?:3|6|12) month\b|\b1 3 month treasury"
)
BILLS_ARE_CASH = "Treasury bills of less than a year count as cash"
#: Bets, hedges and promises that change what a fund's market would do.
UNSURE = (
    r"\b(?:ultra(?:pro|short)? (?!short|small)|ultrapro|ultrashort (?:s&p|dow|qqq|russell|msci|bloomberg)|leveraged?|"
    r"inverse|bear|[23]x|1\.5x|enhanced 2|bullbear|"
    r"daily (?:target|bull|bear)|short (?:s&p|dow|qqq|russell|msci|mid|small|20|7)|long.?short|long.?flat|"
    r"market neutral|vix|volatility (?:short|long)|managed futures|covered call|buy.?write|put.?write|buffer\d*|"
    r"floor\d*|option income|options?|collar(?:ed)?|premium income|yieldmax|defined outcome|structured outcome|"
    r"target outcome|accelerated|uncapped|barrier|income advantage|dividend multiplier|convexity|downside|"
    r"trendpilot|tactical|"
    r"target range|hedged equity|merger|arbitrage|hedge fund|multi.?strategy|absolute return|real return|long shrt|"
    r"annuity|swan|tail risk|event driven|limited partnership)\b"
)
SINGLE_BOND = (
    r"\bunited states treas|\bus treasury (?:note|bond|n/?b)\b|\btreasury (?:note|strip)s?\b|"
    r"\b\d{1,2}(?:\.\d+)?% .*\b(?:19|20)\d\d\b|\b\d{1,2}\.\d{2,6}%? ?\d{1,2} ?\d{1,2} ?(?:19|20)?\d\d\b|"
    r"\bcertificates? of deposit\b|\bbrokered cd\b|\bfdic ins(?:ured)? cd\b|\bcd fdic\b"
)
BOND = (
    r"\b(?:bonds?|treasury|treasuries|fixed income|us aggregate|corporate (?:credit|income)|municipals?|"
    r"muni|tips|inflation protected|mortgage backed|mortgage securities|gnma|ginnie|floating rate|senior loans?|"
    r"bank loans?|high yield(?! (?:dividend|equity))|ultra ?short|tax (?:exempt|free)|government (?:securities|"
    r"income)|"
    r"debt|(?:short|limited|low|intermediate|long) duration|(?:short|limited|intermediate) term|investment grade|"
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
    r"silver (?:trust|shares)|bullion|commodit(?:y|ies)|crude oil|oil fund|natural gas fund|bitcoin|ethereum|ether|"
    r"crypto(?:currency)?|currencyshares|preferred (?:stock|securities|and income|&)|preferreds?|convertibles?)\b"
)
NOT_OTHER = r"\b(?:miners?|producers?|equity|equities|stock)\b"
ALLOCATION = (
    r"\b(?:allocation|multi asset|lifestyle|lifestrategy|conservative(?! values?\b)|moderate|moderately|"
    r"aggressive(?! (?:value|equity|growth (?:fund|portfolio class|etf)))|managed (?:risk|payout)|risk managed|"
    r"income builder|risk parity|equity (?:and|&) income)\b"
)
TARGET_DATE = r"\b(?:target|retirement|freedom|lifepath|lifecycle|one choice|smartretirement|date)\b"
EMERGING = (
    r"\b(?:emerging market\w*|emerging asia|emerging europe|frontier market\w*|bric|china|chinese|india|brazil|"
    r"taiwan|"
    r"south korea|korea|mexico|latin america|turkey|thailand|indonesia|vietnam|malaysia|philippines|chile|peru|"
    r"poland|"
    r"south africa|africa|saudi arabia|qatar|uae|kuwait|egypt|colombia|argentina|greece|asia ex japan|asia|csi 300)\b"
)
DEVELOPED = (
    r"\b(?:eafe|developed|europe|european|eurozone|pacific|japan|japanese|germany|united kingdom|france|canada|"
    r"canadian|australia|switzerland|swiss|italy|spain|sweden|hong kong|singapore|netherlands|nordic|israel|"
    r"ireland|belgium|austria|denmark|finland|norway|new zealand|portugal)\b"
)
FOREIGN = r"\b(?:international|foreign|overseas)\b"
EX_US = r"\b(?:ex us|total international|world ex|all world ex)\b"
WORLD = r"\b(?:global|world|acwi|worldwide)\b"

#: Sectors and the words for each, in the order in which they are tried.
SECTORS = (
    ("real_estate", r"\b(?:real estate|reits?|realty)\b"),
    (
        "information_technology",
        r"\b(?:technology|information tech|software|semiconductors?|cyber ?security|cloud computing)\b",
    ),
    ("communication_services", r"\b(?:communications?(?: services)?|telecom(?:munications?)?)\b"),
    ("health_care", r"\b(?:health ?care|biotech(?:nology)?|pharma(?:ceuticals?)?|medical|life sciences)\b"),
    (
        "financials",
        r"\b(?:financials?(?! (?:square|group|advisors))|banks?|banking|insurance|broker dealers?)\b",
    ),
    ("energy", r"\b(?:energy|oil & gas|oil and gas|mlps?|midstream)\b"),
    ("utilities", r"\b(?:utilities|utility)\b"),
    ("materials", r"\b(?:materials|metals & mining|metals and mining|chemicals?)\b"),
    ("industrials", r"\b(?:industrials?(?! average)|aerospace|defense|transportation|airlines?)\b"),
    (
        "consumer_discretionary",
        r"\b(?:consumer discretionary|retail(?! (?:class|shares|fund))|homebuilders?|home construction|leisure)\b",
    ),
    ("consumer_staples", r"\b(?:consumer staples|food & beverage|food and beverage)\b"),
)
#: Themes cut across sectors, sizes and countries.
THEMES = (
    r"\b(?:clean|green|solar|wind|infrastructure|water|natural resources|innovation|disruptive|disruptors?|thematic|"
    r"blockchain|cannabis|space|robotics?|artificial intelligence|genomics?|metaverse|esports|video games?|uranium|"
    r"lithium|electric vehicles?|internet|nanotechnology|spac)\b"
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
