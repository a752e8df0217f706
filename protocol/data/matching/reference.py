#!/usr/bin/env python3
"""Reference person matcher: the executable specification of recipe m2.  Standard library only, no state, no randomness.
Not the shipped code: that is `protocol/src/fingerprint`, which also has tables for Burmese and Arabic script and the whole gazetteer.

  python3 reference.py A.csv B.csv --pairs out.csv [--beacons-only]   score candidate pairs (the same file twice: duplicates inside it)
  python3 reference.py --check-golden golden.csv                      keys of known words must come out as written
  python3 reference.py --make-golden inputs.txt > golden.csv          one input per line

Stages: record -> person (normalised) -> tokens -> positive score (a node knows the types of its OWN tokens only)
-> confirm (both sides compare, field by field) -> score -> class.  The role of a person is never read.
"""
import argparse, csv, functools, itertools, json, math, os, re, sys, time, unicodedata
from collections import Counter, defaultdict

VERSION = 'm2'                       # goes into every token: change a rule, change the version

# ---------------------------------------------------------------- 1 script to Latin
# The Unicode blocks of the Indic scripts are parallel: one table by offset serves all nine.
INDIC_BLOCKS = {0x900: 'Devanagari', 0x980: 'Bengali', 0xA00: 'Gurmukhi', 0xA80: 'Gujarati', 0xB00: 'Odia',
                0xB80: 'Tamil', 0xC00: 'Telugu', 0xC80: 'Kannada', 0xD00: 'Malayalam'}
TAMIL = 0xB80
CONSONANTS = dict(enumerate('k kh g gh n ch chh j jh n t th d dh n t th d dh n n p ph b bh m '
                            'y r r l l l v sh sh s h'.split(), 0x15))      # 0x15..0x39
CONSONANTS.update({0x58: 'k', 0x59: 'kh', 0x5A: 'g', 0x5B: 'z', 0x5C: 'r', 0x5D: 'rh', 0x5E: 'f', 0x5F: 'y'})
VOWELS = dict(zip(range(0x05, 0x15), 'a a i i u u ri li e e e ai o o o au'.split()))
SIGNS = dict(zip(range(0x3E, 0x4D), 'a i i u u ri ri e e e ai o o o au'.split()))
NASALS = {0x01: 'n', 0x02: 'n', 0x03: 'h'}
NUKTA, VIRAMA = 0x3C, 0x4D
WITH_NUKTA = {0x1C: 'z', 0x21: 'r', 0x22: 'rh'}       # the others keep their plain letter
SINGLE = {'\u09ce': 't', '\u09f0': 'r', '\u09f1': 'v', '\u0a70': 'n', '\u0a71': '',          # khanda ta, Assamese, tippi, addak
          '\u0d7a': 'n', '\u0d7b': 'n', '\u0d7c': 'r', '\u0d7d': 'l', '\u0d7e': 'l', '\u0d7f': 'k'}   # Malayalam chillus
TAMIL_VOICED = {0x15: 'g', 0x1A: 'j', 0x1F: 'd', 0x24: 'd', 0x2A: 'b'}     # a stop after nasal + virama
TAMIL_NASALS = {0x19, 0x1E, 0x23, 0x28, 0x29, 0x2E}

def block_of(ch):
    """(start of the Indic block, offset in it), or (None, None)."""
    base = ord(ch) & ~0x7F
    return (base, ord(ch) - base) if base in INDIC_BLOCKS else (None, None)

def tamil_consonant(text, i, latin):
    """Tamil writes one letter for voiced and unvoiced: what the neighbours decide, is decided here."""
    off = ord(text[i]) - TAMIL
    before = text[i - 2:i] if i > 1 and ord(text[i - 1]) == TAMIL + VIRAMA else ''
    previous = ord(before[0]) - TAMIL if before else None
    if off == 0x1F and text[i + 1:i + 3] == '\u0bcd\u0b9a':
        return 'k'                                    # tt + s is how Tamil writes ksh
    if off == 0x1A and (previous == 0x1A or text[i + 1:i + 3] == '\u0bcd\u0b9a'):
        return 'ch' if previous == 0x1A else ''       # doubled: ch
    if off == 0x1A and previous not in TAMIL_NASALS:
        return 'sh' if previous == 0x1F else 's'
    return TAMIL_VOICED.get(off, latin) if previous in TAMIL_NASALS else latin

def to_latin(text):
    """Indic letters to Latin, native digits to ASCII; everything else stays.  The inherent `a` is written only
    before another letter or a nasal: not before a vowel sign or virama, not at the end of a word."""
    text = unicodedata.normalize('NFC', text)
    if text.isascii():
        return text
    out = []
    for i, ch in enumerate(text):
        base, off = block_of(ch)
        digit = unicodedata.decimal(ch, None)
        if digit is not None:
            out.append(str(digit))
        elif ch in SINGLE:
            out.append(SINGLE[ch])
        elif base is None:
            out.append(ch)
        elif off in CONSONANTS:
            rest = text[i + 1:]
            dotted = rest[:1] == chr(base + NUKTA)
            latin = WITH_NUKTA.get(off, CONSONANTS[off]) if dotted else CONSONANTS[off]
            out.append(tamil_consonant(text, i, latin) if base == TAMIL else latin)
            follow = rest[dotted:dotted + 1]
            if follow == '\u0a71':                    # addak doubles the next letter
                follow = rest[dotted + 1:dotted + 2]
            nasal = follow == '\u0a70' or follow and ord(follow) - base in NASALS
            if follow and (nasal or follow.isalpha()):
                out.append('a')
        elif off in VOWELS or off in SIGNS:
            out.append(VOWELS.get(off) or SIGNS[off])
        elif off in NASALS:
            last = not text[i + 1:i + 2].strip()
            out.append('ng' if base == 0x980 and off == 0x02 and last else NASALS[off])   # Bengali anusvara at word end
    return ''.join(out)

def plain(text):
    """Lower-case Latin without marks."""
    text = unicodedata.normalize('NFKD', to_latin(text))
    return ''.join(c for c in text if not unicodedata.combining(c)).lower()

# ---------------------------------------------------------------- 2 words
CANON = {'kr': 'kumar', 'abd': 'abdul', 'sk': 'sheikh', 'laxmi': 'lakshmi', 'lachmi': 'lakshmi', 'laxman': 'lakshman',
         'sinh': 'singh', 'sing': 'singh'}
CANON.update(dict.fromkeys('md mohd mohammed muhammad mohamed mohamad muhammed mohammod mohmmd mohamd'.split(), 'mohammad'))
HONORIFICS = set('mohammad smt shri sri shree shrimati srimati mr mrs ms miss dr late kumari km ku kum mst mosammat mosa '
                 'ko u daw ma maung sheikh shaikh haji hajji maulana so do wo urf alias ji jee begum bibi bano'.split())
WEAK_WORDS = set('devi kumari kumar bibi khatun begum bano lal prasad bahadur kaur singh ali mohammad'.split())   # never stand alone

def words(text):
    """Normalised words of a name: relation marks and honorifics gone; if nothing remains, the honorific is the name."""
    text = re.sub(r'\b[sdwc]/o\b', ' ', plain(text))
    found = [CANON.get(w, w) for w in re.sub(r'[^a-z ]', ' ', text).split()]
    return [w for w in found if w not in HONORIFICS] or found

def split_alias(text):
    """'X @ Y', 'X urf Y', 'X alias Y' -> ('X', 'Y')."""
    parts = re.split(r'@|\burf\b|\balias\b', plain(text), maxsplit=1)
    return (parts[0], parts[1]) if len(parts) == 2 and parts[0].strip() else (' '.join(parts), '')

# ---------------------------------------------------------------- 3 keys
DIGRAPHS = (('x', 'ks'), ('ksh', 'ks'), ('chh', 'C'), ('ch', 'C'), ('sh', 's'), ('ph', 'f'), ('bh', 'b'), ('dh', 'd'),
            ('gh', 'g'), ('kh', 'k'), ('th', 't'), ('jh', 'j'), ('gy', 'g'), ('jn', 'g'))      # C stands for ch

@functools.lru_cache(None)
def key1(word):
    """L1: one spelling for one sound.  The order of the steps is part of the rule."""
    for pattern, sound in DIGRAPHS:                                        # 1  in this order
        word = word.replace(pattern, sound)
    word = re.sub(r'[oa]w(?=[^aeiou]|$)', 'u', word)                       # 2  chowdhury, before w becomes v
    for letter, sound in ('zj', 'qk', 'ck', 'wv', 'vb', 'Cc'):             # 3  plain c is k; then C (ch) becomes c
        word = word.replace(letter, sound)
    word = re.sub(r'^y(?=[aou])', 'j', word)                               # 4  yadav = jadav
    word = re.sub(r'ee|ii|ie|ey|ay|ai|ei|iya|iy|ya|y|e', 'i', word)        # 5  front vowels, leftmost, first that fits
    word = re.sub(r'oo|uu|ou|ow|au|ao|o', 'u', word)                       # 6  back vowels
    word = word[:1] + word[1:].replace('h', '')                            # 7  h, except first
    word = word[:1] + word[1:].replace('a', '')                            # 8  a, except first
    word = re.sub(r'(.)\1+', r'\1', word)                                  # 9  doubles
    word = re.sub(r'm(?=[bp])', 'n', word)                                 # 10 m before b, p
    return word[:1] + re.sub(r'[iu]+', lambda m: m.group()[0], word[1:])   # 11 a run of i and u is its first

def coarse(key):
    """L2 of an L1: any first vowel is A, inner vowels are gone."""
    return ('A' if key[:1] in ('a', 'i', 'u') else key[:1]) + re.sub(r'[aiu]', '', key[1:])

def key2(word):
    return coarse(key1(word))

WEAK_KEYS = {key1(w) for w in WEAK_WORDS}

# ---------------------------------------------------------------- 4 records
# Districts: new name = old or other name (public administrative names).  The shipped code looks them up in the gazetteer
# instead; this short list says the same of the districts in the golden files.
DISTRICTS = dict(reversed(pair.split('=')) for pair in
    'purnia=purnea,east champaran=motihari,west champaran=bettiah,sahibganj=sahebganj,west singhbhum=chaibasa,malda=maldah,'
    'cooch behar=koch behar,cooch behar=koch bihar,kolkata=calcutta,howrah=haora,varanasi=banaras,prayagraj=allahabad,'
    'balangir=bolangir,anantapur=ananthapuramu,kadapa=cuddapah,belagavi=belgaum,kalaburagi=gulbarga,bengaluru urban=bangalore,'
    'ballari=bellary,villupuram=viluppuram,mumbai=bombay,pune=poona,beed=bid,sindhupalchok=sindhupalchowk,makwanpur=makawanpur,'
    'kavre=kavrepalanchok,dhanusha=dhanusa,jashore=jessore,dhaka=dacca,cox\'s bazar=coxs bazar,cumilla=comilla,'
    'chattogram=chittagong,bogura=bogra,kale=kalay,yangon=rangoon,gurugram=gurgaon,mysuru=mysore,vijayapura=bijapur,'
    'yangon north=insein,shivamogga=shimoga,tumakuru=tumkur,kozhikode=calicut,thiruvananthapuram=trivandrum,puducherry=pondicherry,'
    'vadodara=baroda,mewat=nuh,thoothukudi=tuticorin,barishal=barisal'.split(','))

def known_date(date):
    """Without a month or day that cannot be: 1999-00-00 is how some forms write that only the year is known."""
    for end, most in ((7, 12), (10, 31)):
        part = date[end - 2:end]
        if re.fullmatch('[0-9][0-9]', part) and not 1 <= int(part) <= most:
            date = date[:end - 3]
    return date

class Person:
    """One record, normalised.  Empty string, empty list or None: not known."""

    def __init__(self, row):
        get = lambda field: (row.get(field) or '').strip()
        self.id = get('record_id')
        given, given_alias = split_alias(get('given_name'))
        family, family_alias = split_alias(get('family_name'))
        self.given, self.family = words(given), words(family)
        self.alias = words(' '.join((get('alias'), given_alias, family_alias)))
        self.guardian = words(get('guardian_name'))
        self.village = ''.join(words(get('village')))
        district = plain(get('district'))
        self.district = DISTRICTS.get(district, district)
        self.state, self.nationality, self.sex = plain(get('state')), plain(get('nationality')), get('sex')
        date = known_date(plain(get('birth_date')))
        self.birth = date if re.fullmatch(r'\d{4}-\d\d-\d\d', date) else ''
        self.birth_month = date[:7] if re.match(r'\d{4}-\d\d', date) else ''
        self.year, self.year_estimated = (int(date[:4]) if re.match(r'\d{4}', date) else None), False
        age, recorded = plain(get('age_at_record')), get('recorded_on')
        if self.year is None and age.isdigit() and recorded[:4].isdigit():
            self.year, self.year_estimated = int(recorded[:4]) - int(age), True
        phone = re.sub(r'\D', '', plain(get('phone')))[-9:]
        self.phone = phone if len(phone) >= 8 else ''
        number = re.sub(r'[^A-Z0-9]', '', plain(get('id_number')).upper())
        self.id_type = get('id_type')
        self.id_number = '' if 'XXXX' in number or len(number) < 6 else number
        self.id_last4 = number[-4:] if self.id_type == 'aadhaar' and number[-4:].isdigit() else ''

def read_persons(path):
    with open(path, newline='', encoding='utf-8-sig') as f:
        return [Person(row) for row in csv.DictReader(f)]

# ---------------------------------------------------------------- 5 tokens
# The 17 types, in the order in which they are kept when a person has more tokens than a beacon holds: unique numbers and
# birth dates first, last the types whose pairs are found by another type anyway (PN never without PH).
TOKEN_TYPES = 'ID PH ND DD DG I4 NM NV HV AG AN AD NY FG FD NG PN'.split()
MAX_TOKENS = 24

def unique(items):
    return list(dict.fromkeys(items))

def year_windows(year):
    """Two overlapping windows of four years: years at most 2 apart share at least one."""
    return [] if year is None else ['%d' % (year // 4), 'x%d' % ((year + 2) // 4)]

def tokens(p):
    """Set of (type, part, ...): each a combination of facts or a unique number, never a single name."""
    keys = lambda names: unique(key1(w) for w in names if len(w) > 1)      # an initial is no word
    given, family, aliases, guardians = keys(p.given), keys(p.family), keys(p.alias), keys(p.guardian)
    full = unique(given + family)
    strong = [k for k in full if k not in WEAK_KEYS] or full[:1]
    strong2 = unique(coarse(k) for k in strong)
    if len(p.given) > 1:
        strong.append(key1(''.join(p.given)))                             # 'raj kumari' = 'rajkumari'
    name_pairs = [tuple(sorted(map(coarse, c))) for c in itertools.combinations(full, 2)]
    whole = [w for w in p.given + p.family if len(w) > 1]
    names2 = unique(strong2 + [key2(''.join(whole))]) if len(whole) <= 3 else strong2      # 'sunita devi' = 'sunitadevi'
    guardian = guardians[0] if guardians else ''
    guardian2, village2 = coarse(guardian), key2(p.village)
    windows, district = year_windows(p.year), p.district
    out = set()

    def add(kind, *parts):
        if all(parts):
            out.add((kind,) + parts)

    add('ID', p.id_number)
    add('PH', p.phone)
    add('DD', p.birth, district)
    add('DG', p.birth, guardian2)
    for n in strong2:
        add('I4', p.id_last4, n)
        add('PN', p.phone, n)
        add('ND', n, p.birth)
    for n in names2:
        add('NV', n, village2)
        add('NG', n, guardian2, district)
    for n in strong2:
        add('NM', n, p.birth_month)
        if p.year is not None and not p.year_estimated:
            add('NY', n, str(p.year), district)
    for one, two in name_pairs:
        add('FD', one, two, district)
        add('FG', one, two, guardian2)
    for w in windows:
        add('HV', guardian2, village2, w)
    for n in unique(strong + aliases):                                    # one side's alias may be the other's name
        add('AG', n, guardian2)
        for w in windows:
            add('AD', coarse(n), district, w)
    for a in aliases:
        for n in strong2:
            add('AN', a, n)
    return set(sorted(out, key=lambda t: (TOKEN_TYPES.index(t[0]), t))[:MAX_TOKENS])

def preimage(token):
    """What goes to the blinding step, as CBOR: [recipe, type, part, ...]."""
    return [VERSION, *token]

# ---------------------------------------------------------------- 6 candidates and the positive score
SCALE = 10000            # index size the weights and thresholds were fitted for
MUTE_SHARE = 0.02        # a token carried by more than this share of max(N, SCALE) counts nothing

def threshold_offset(persons):
    """Added to every threshold: more people, more chance agreement."""
    return max(0.0, math.log(persons / SCALE)) if persons else 0.0

def candidates(tokens_a, tokens_b, same):
    """{(i, j): {type: bits}}: bits = log2(max(N, 10000) / df) of the rarest shared token of the type, N = persons in the
    index, df = how many of them carry the token.  A small index must not make every token look common or every threshold low."""
    persons = len(tokens_a) if same else len(tokens_a) + len(tokens_b)
    n = max(persons, SCALE)
    df = Counter(t for s in (tokens_a if same else tokens_a + tokens_b) for t in s)
    holders = defaultdict(list)
    for j, s in enumerate(tokens_b):
        for t in s:
            holders[t].append(j)
    pairs = defaultdict(dict)
    for i, s in enumerate(tokens_a):
        for t in sorted(s):
            if df[t] > MUTE_SHARE * n:
                continue
            bits = math.log2(n / df[t])
            for j in holders.get(t, ()):
                if not same or i < j:
                    best = pairs[i, j]
                    best[t[0]] = max(best.get(t[0], 0.0), bits)
    return pairs, persons

def positive_features(shared):
    """What a node can see from a beacon: which of its OWN tokens are in it.  Names end in + (weight never below 0)."""
    features = {kind + '+': bits / 10 for kind, bits in shared.items()}
    features['shared_types+'] = len(shared) / 10
    return features

def score(features, model):
    """bias + sum of weight * value; a feature that is absent is 0."""
    weights = model['weights']
    return model['bias'] + sum(weights.get(name, 0.0) * value for name, value in sorted(features.items()))

# ---------------------------------------------------------------- 7 confirm
MAX_GRAMS = 48
FIELD_PAIRS = [(f, f) for f in ('given', 'family', 'guardian', 'alias', 'village')] + [
    ('given', 'alias'), ('alias', 'given'), ('given', 'family'), ('family', 'given')]

def grams(keys):
    """2-grams of the L1 keys of one field, ^ and $ mark the ends of a word: at most 48, the first in byte order.
    In the federation each is a blinded point and only the number of common ones is learned."""
    found = {('^' + k + '$')[i:i + 2] for k in keys for i in range(len(k) + 1)}
    return frozenset(sorted(found)[:MAX_GRAMS])

def confirm_fields(p):
    lists = dict(given=p.given, family=p.family, guardian=p.guardian, alias=p.alias, village=[p.village] if p.village else [])
    return {name: grams([key1(w) for w in ws]) for name, ws in lists.items()}

def dice(a, b):
    return 2 * len(a & b) / (len(a) + len(b))

def unshared_features(types_a, types_b, shared):
    """Types both have, but no token of the type is shared.  Names end in - (weight never above 0)."""
    return {kind + '-': 1.0 for kind in (types_a & types_b) - set(shared)}

def signed_features(a, b, types_a, types_b, shared):
    """Typed tokens of both sides, sex and year: the token score with contradicting evidence."""
    features = {**positive_features(shared), **unshared_features(types_a, types_b, shared)}
    if a.sex and b.sex and a.sex != b.sex:
        features['sex-'] = 1.0
    if a.year is not None and b.year is not None and abs(a.year - b.year) > 2:
        features['years-'] = 1.0
    return features

def field_features(a, b, fields_a, fields_b):
    """Field by field; a field missing on either side gives nothing.  + agrees, - contradicts.  The same from either side:
    given/alias and alias/given are one feature, their sum."""
    features = {}

    def equal(name, x, y):
        if x and y:
            features[name + ('+' if x == y else '-')] = 1.0

    for name in ('birth', 'birth_month', 'district', 'state', 'nationality', 'phone', 'id_last4', 'sex'):
        equal(name, getattr(a, name), getattr(b, name))
    if a.id_type == b.id_type:
        equal('id_number', a.id_number, b.id_number)
    if a.year is not None and b.year is not None:
        gap = abs(a.year - b.year)
        kind = 'year_estimated' if a.year_estimated or b.year_estimated else 'year'
        features[kind + '_equal+'] = float(gap == 0)
        features[kind + '_next+'] = float(gap <= 1)
        features[kind + '_near+'] = float(gap <= 2)
        features[kind + '_far-'] = float(gap > 2)
    for fa, fb in FIELD_PAIRS:
        if fields_a[fa] and fields_b[fb]:
            d, name = dice(fields_a[fa], fields_b[fb]), fa if fa == fb else '/'.join(sorted((fa, fb)))
            for end, value in (('_alike+', max(0.0, (d - 0.5) / 0.5)), ('_same+', max(0.0, (d - 0.8) / 0.2)), ('_unlike-', 1 - d)):
                features[name + end] = features.get(name + end, 0.0) + value
    return features

# ---------------------------------------------------------------- 8 classes
BASE = {'hit': -2.5, 'possible_alone': -0.4, 'possible': 0.0, 'probable': 1.0, 'exact': 3.0}      # each plus threshold_offset(persons)

def classify(value, shared, persons, confirmed=True):
    """exact, probable, possible or none.  Never exact: one shared token type alone, whatever its weight; anything not confirmed.
    An equal document number makes a probable pair exact when some other type agrees too, and any pair at least possible:
    two names on one document is something a human must see.  A phone alone is possible at most."""
    offset = threshold_offset(persons)
    least = 'possible' if confirmed else 'possible_alone'                    # nothing has contradicted yet
    possible, probable, exact = (value >= BASE[name] + offset for name in (least, 'probable', 'exact'))
    possible = possible or 'ID' in shared
    probable = probable and set(shared) != {'PH'}                            # a phone alone: traffickers' phones
    if confirmed and len(shared) >= 2 and (exact or probable and 'ID' in shared):
        return 'exact'
    return 'probable' if probable else 'possible' if possible else 'none'

# ---------------------------------------------------------------- 9 command line
def load_weights(path=os.path.join(os.path.dirname(os.path.abspath(__file__)), 'weights.json')):
    with open(path, encoding='utf-8') as f:
        return json.load(f)

def match(a, b, same, weights, beacons_only=False):
    """[(i, j, score, class)] of the candidate pairs, best first; and the token sets."""
    tokens_a = [tokens(p) for p in a]
    tokens_b = tokens_a if same else [tokens(p) for p in b]
    pairs, persons = candidates(tokens_a, tokens_b, same)
    hit_level = BASE['hit'] + threshold_offset(persons)
    fields = functools.lru_cache(None)(lambda side, k: confirm_fields((a, b)[side][k]))
    out = []
    for (i, j), shared in pairs.items():
        value = score(positive_features(shared), weights['positive'])
        if not beacons_only:
            if value < hit_level:
                continue                              # no message is sent for it
            types_a, types_b = {t[0] for t in tokens_a[i]}, {t[0] for t in tokens_b[j]}
            features = signed_features(a[i], b[j], types_a, types_b, shared)
            features.update(field_features(a[i], b[j], fields(0, i), fields(1, j)))
            value = score(features, weights['confirm'])
        out.append((i, j, value, classify(value, shared, persons, not beacons_only)))
    return sorted(out, key=lambda r: (-r[2], r[0], r[1])), tokens_a if same else tokens_a + tokens_b

def golden_row(text):
    found = words(text)
    if not found:
        return [text, 'not yet', 'not yet', 'not yet']        # a script without a table here gives no words and no tokens
    return [text, ' '.join(found), ' '.join(map(key1, found)), ' '.join(map(key2, found))]

def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('a', nargs='?')
    ap.add_argument('b', nargs='?')
    ap.add_argument('--pairs')
    ap.add_argument('--beacons-only', action='store_true', help='positive score only, no confirm step')
    ap.add_argument('--check-golden')
    ap.add_argument('--make-golden')
    args = ap.parse_args()
    if args.make_golden:
        with open(args.make_golden, encoding='utf-8') as f:
            rows = [golden_row(line.rstrip('\n')) for line in f if line.strip()]
        csv.writer(sys.stdout, lineterminator='\n').writerows([['input', 'words', 'L1', 'L2']] + rows)
        return
    if args.check_golden:
        with open(args.check_golden, newline='', encoding='utf-8') as f:
            rows = list(csv.reader(f))[1:]
        wrong = [r for r in rows if golden_row(r[0]) != r]
        print('%d rows, %d differ' % (len(rows), len(wrong)), *wrong[:10], sep='\n')
        sys.exit(1 if wrong else 0)
    if not (args.a and args.b and args.pairs):
        ap.error('A.csv B.csv --pairs out.csv')
    start = time.perf_counter()
    same = os.path.realpath(args.a) == os.path.realpath(args.b)
    a = read_persons(args.a)
    b = a if same else read_persons(args.b)
    result, token_sets = match(a, b, same, load_weights(), args.beacons_only)
    took = time.perf_counter() - start
    with open(args.pairs, 'w', newline='', encoding='utf-8') as f:
        out = csv.writer(f, lineterminator='\n')
        out.writerow(['a_id', 'b_id', 'score', 'class'])
        for i, j, value, label in result:
            first, second = sorted((a[i].id, b[j].id)) if same else (a[i].id, b[j].id)
            out.writerow([first, second, '%.6f' % value, label])
    sizes = [len(s) for s in token_sets]
    print('persons %d  tokens per person mean %.1f max %d' % (len(sizes), sum(sizes) / max(1, len(sizes)), max(sizes, default=0)))
    print('pairs written %d: %s' % (len(result), dict(Counter(r[3] for r in result))))
    print('seconds %.2f' % took)

if __name__ == '__main__':
    main()
