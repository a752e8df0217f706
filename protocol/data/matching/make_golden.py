#!/usr/bin/env python3
"""Writes the golden files of the recipe anew with `reference.py`.  Standard library only.
Not for `golden_more.csv`, which the reference cannot read, and not for choosing other persons: those of golden_tokens.csv stay.

  python3 make_golden.py ../../../tests/data/persons     golden_tokens, golden_scores, golden_confirm, golden_confirm_persons
"""
import csv
import os
import random
import sys
from collections import Counter, defaultdict

import reference as ref

HERE = os.path.dirname(os.path.abspath(__file__))
PER_CLASS = 75                       # golden_confirm.csv has at least so many pairs of each class
NEAR = 8                             # of these so many next to a threshold


def rows(path):
    with open(path, newline='', encoding='utf-8-sig') as f:
        return list(csv.DictReader(f))


def write(name, header, lines):
    with open(os.path.join(HERE, name), 'w', newline='', encoding='utf-8') as f:
        out = csv.writer(f, lineterminator='\n')
        out.writerow(header)
        out.writerows(lines)


def tokens_and_scores(weights):
    people = rows(os.path.join(HERE, 'golden_tokens.csv'))
    kept = lambda found: sorted(found, key=lambda t: (ref.TOKEN_TYPES.index(t[0]), t))
    for row in people:
        row['tokens'] = ';'.join('|'.join(t) for t in kept(ref.tokens(ref.Person(row))))
    write('golden_tokens.csv', people[0], [row.values() for row in people])
    a, b = ([ref.Person(row) for row in people if row['record_id'][0] == side] for side in 'AB')
    found, _ = ref.match(a, b, False, weights, True)
    write('golden_scores.csv', ['a_id', 'b_id', 'score', 'class'],
          [[a[i].id, b[j].id, '%.3f' % score, label] for i, j, score, label in found])


def confirmed(a, b, weights):
    """(i, j, rarest shared token of each type and how many carry it, features, score, class) of every hit."""
    tokens_a, tokens_b = [ref.tokens(p) for p in a], [ref.tokens(p) for p in b]
    pairs, persons = ref.candidates(tokens_a, tokens_b, False)
    df = Counter(t for found in tokens_a + tokens_b for t in found)
    out = []
    for (i, j), shared in sorted(pairs.items()):
        if ref.score(ref.positive_features(shared), weights['positive']) < ref.BASE['hit'] + ref.threshold_offset(persons):
            continue
        features = ref.signed_features(a[i], b[j], {t[0] for t in tokens_a[i]}, {t[0] for t in tokens_b[j]}, shared)
        features.update(ref.field_features(a[i], b[j], ref.confirm_fields(a[i]), ref.confirm_fields(b[j])))
        value = ref.score(features, weights['confirm'])
        rarest = {}
        for token in tokens_a[i] & tokens_b[j]:
            if df[token] <= ref.MUTE_SHARE * max(persons, ref.SCALE):
                rarest[token[0]] = min(rarest.get(token[0], df[token]), df[token])
        out.append((i, j, rarest, features, value, ref.classify(value, shared, persons)))
    return out


def chosen_of(hits):
    """Every feature twice, pairs next to the thresholds, and enough of each class."""
    rng, chosen = random.Random(4), {}

    def take(found):
        for hit in found:
            chosen.setdefault(hit[:2], hit)

    for name in sorted({name for hit in hits for name in hit[3]}):
        with_it = [hit for hit in hits if hit[3].get(name)]
        take(rng.sample(with_it, min(2, len(with_it))))
    by_class = defaultdict(list)
    for hit in hits:
        by_class[hit[5]].append(hit)
    for label in sorted(by_class):
        take(sorted(by_class[label], key=lambda hit: min(abs(hit[4] - t) for t in (0, 1, 3)))[:NEAR])
    for label in sorted(by_class):
        more = PER_CLASS - sum(hit[5] == label for hit in chosen.values())
        left = [hit for hit in by_class[label] if hit[:2] not in chosen]
        take(rng.sample(left, min(len(left), max(0, more))))
    return sorted(chosen.values(), key=lambda hit: (-hit[4], hit[0], hit[1]))


def comparisons(folder, weights):
    sides = [rows(os.path.join(folder, name)) for name in ('a.csv', 'b.csv')]
    a, b = ([ref.Person(row) for row in side] for side in sides)
    chosen = chosen_of(confirmed(a, b, weights))
    write('golden_confirm.csv', ['a_id', 'b_id', 'shared', 'score', 'class'],
          [[a[i].id, b[j].id, ' '.join('%s:%d' % one for one in sorted(rarest.items())), '%.4f' % value, label]
           for i, j, rarest, _, value, label in chosen])
    ids = {a[hit[0]].id for hit in chosen} | {b[hit[1]].id for hit in chosen}
    columns = [name for name in sides[0][0] if name != 'role']
    write('golden_confirm_persons.csv', columns,
          [[row[name] for name in columns] for row in sorted(sides[0] + sides[1], key=lambda row: row['record_id'])
           if row['record_id'] in ids])
    print('%d pairs of %d persons: %s' % (len(chosen), len(ids), dict(Counter(hit[5] for hit in chosen))))


def main(folder):
    weights = ref.load_weights()
    tokens_and_scores(weights)
    comparisons(folder, weights)


if __name__ == '__main__':
    sys.dont_write_bytecode = True
    main(sys.argv[1])
