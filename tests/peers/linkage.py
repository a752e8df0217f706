#!/usr/bin/env python3
"""Pairwise figures of ICMC and of two libraries from PyPI on the same files.

  linkage.py ICMC PERSONS WEIGHTS     the executable; a folder with a.csv, b.csv, truth.csv; the folder of the FEBRL weights

anonlink compares Bloom filters (CLK) of the raw fields, blinded as ICMC's tokens are.  Splink is not blinded: it sees every field,
in lower case, learns its weights from the files (EM) and knows the share of true pairs.  Both are quoted at the threshold
that is best for them on the very truth, which flatters them; ICMC at the threshold of *possible*, which was fixed before.
"""
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings

warnings.filterwarnings('ignore')


def rows(path):
    with open(path, newline='', encoding='utf-8-sig') as f:
        return list(csv.DictReader(f))


def truth_of(folder):
    return {frozenset((r['a_id'], r['b_id'])) for r in rows(os.path.join(folder, 'truth.csv'))}


def prf(correct, found, true):
    p, r = (correct / found if found else 0.0), correct / true
    return p, r, (2 * p * r / (p + r) if correct else 0.0)


def at(pairs, truth, threshold):
    kept = [pair for pair, score in pairs.items() if score >= threshold]
    return prf(sum(pair in truth for pair in kept), len(kept), len(truth))


def best(pairs, truth):
    """The best F1 over all thresholds, between distinct scores only."""
    ordered = sorted(pairs.items(), key=lambda item: -item[1])
    top, correct = (0.0, 0.0, 0.0), 0
    for k, (pair, score) in enumerate(ordered, 1):
        correct += pair in truth
        if k == len(ordered) or ordered[k][1] != score:
            top = max(top, prf(correct, k, len(truth)), key=lambda figure: figure[2])
    return top


def tell(what, figure, bar, seconds):
    print('%-58s P %.4f R %.4f F1 %.4f  %6.1f s   %s' % (what, *figure, seconds, bar), flush=True)


def icmc(executable, a, b, truth, *options):
    """The pairs that the executable scores: through keepers, beacons, hits and the confirm step."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, 'pairs.csv')
        command = [executable, 'evaluate-matching', a, b, '--pairs', out, *options]
        begun = time.time()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds = time.time() - begun
        found = rows(out)
    of_class = lambda *names: {frozenset((r['a_id'], r['b_id'])): float(r['score']) for r in found if r['class'] in names}
    possible = of_class('possible', 'probable', 'exact')
    figures = {name: at(of_class(*classes), truth, float('-inf'))
               for name, classes in (('possible', ('possible', 'probable', 'exact')), ('probable', ('probable', 'exact')),
                                     ('exact', ('exact',)))}
    return figures, seconds, possible


def anonlink_pairs(a, b):
    from anonlink import candidate_generation, similarities
    from clkhash import clk
    from clkhash.comparators import ExactComparison, NgramComparison
    from clkhash.field_formats import FieldHashingProperties, StringSpec
    from clkhash.schema import Schema

    names = ['given_name', 'family_name', 'guardian_name', 'village', 'district', 'birth_date', 'sex', 'phone']
    exact = {'sex'}

    def field(name):
        comparator = ExactComparison() if name in exact else NgramComparison(2)
        strategy = FieldHashingProperties(comparator=comparator, strategy=_per_feature(4 if name in exact else 8))
        return StringSpec(name, strategy, case='mixed')

    def _per_feature(count):
        from clkhash.field_formats import BitsPerFeatureStrategy
        return BitsPerFeatureStrategy(count)

    schema = Schema([field(name) for name in names], 1024)
    records = lambda side: [tuple(r[name].lower() for name in names) for r in side]
    filters = [clk.generate_clks(records(side), schema, 'a secret') for side in (a, b)]
    scores, (_, _), (left, right) = candidate_generation.find_candidate_pairs(filters, similarities.dice_coefficient_accelerated, 0.6)
    return {frozenset((a[i]['record_id'], b[j]['record_id'])): s for s, i, j in zip(scores, left, right)}


def splink_pairs(a, b, true_pairs):
    import pandas as pd
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    columns = ['record_id', 'given_name', 'family_name', 'guardian_name', 'village', 'district', 'birth_date', 'birth_year', 'sex',
               'phone', 'id_number']

    def frame(side):
        out = []
        for r in side:
            r = {name: (r.get(name) or '').strip().lower() for name in columns if name != 'birth_year'} | {
                'record_id': r['record_id'], 'birth_year': year(r)}
            r['phone'] = ''.join(c for c in r['phone'] if c.isdigit())[-9:]
            out.append({name: value or None for name, value in r.items()})
        return pd.DataFrame(out, columns=columns)

    def year(r):
        if r['birth_date'][:4].isdigit():
            return r['birth_date'][:4]
        if r['age_at_record'].isdigit() and r['recorded_on'][:4].isdigit():
            return str(int(r['recorded_on'][:4]) - int(r['age_at_record']))
        return ''

    rules = [block_on(*names) for names in (
        ('given_name', 'district'), ('family_name', 'district', 'birth_year'), ('given_name', 'birth_year'), ('phone',),
        ('id_number',), ('birth_date',), ('village', 'given_name'), ('guardian_name', 'district'), ('given_name', 'family_name'))]
    names = ['given_name', 'family_name', 'guardian_name', 'village']
    settings = SettingsCreator(
        link_type='link_only', unique_id_column_name='record_id', blocking_rules_to_generate_predictions=rules,
        comparisons=[cl.JaroWinklerAtThresholds(name, [0.95, 0.88, 0.8]) for name in names]
        + [cl.ExactMatch(name) for name in ('district', 'birth_date', 'birth_year', 'sex', 'phone', 'id_number')],
        probability_two_random_records_match=true_pairs / (len(a) * len(b)))
    database = DuckDBAPI()
    linker = Linker([database.register(frame(side)) for side in (a, b)], settings, log_level=50)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in (block_on('given_name', 'district'), block_on('birth_date'), block_on('phone')):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_weight=-10).as_pandas_dataframe()
    return {frozenset(pair): weight for *pair, weight in zip(found.record_id_l, found.record_id_r, found.match_weight)}


def main(executable, persons, weights):
    a, b, truth = rows(os.path.join(persons, 'a.csv')), rows(os.path.join(persons, 'b.csv')), truth_of(persons)
    print('pairwise; index of %d persons, %d true pairs' % (len(a) + len(b), len(truth)))
    files = os.path.join(persons, 'a.csv'), os.path.join(persons, 'b.csv')
    confirmed, seconds, _ = icmc(executable, *files, truth)
    tell('ICMC, possible and better', confirmed['possible'], 'F1 >= 0.89', seconds)
    tell('ICMC, probable and better', confirmed['probable'], 'P >= 0.95', seconds)
    tell('ICMC, exact', confirmed['exact'], '', seconds)
    alone, seconds, _ = icmc(executable, *files, truth, '--beacons-only')
    tell('ICMC, beacons alone, possible and better', alone['possible'], 'F1 >= 0.80', seconds)
    for name, make in (('anonlink', lambda: anonlink_pairs(a, b)), ('Splink', lambda: splink_pairs(a, b, len(truth)))):
        begun = time.time()
        figure = best(make(), truth)
        word = 'behind' if figure[2] < confirmed['possible'][2] else 'AHEAD OF ICMC'
        tell('%s, best threshold on the truth' % name, figure, word, time.time() - begun)
    with tempfile.TemporaryDirectory() as folder:
        import febrl
        febrl.main(folder)
        for number, bar in ((4, 0.998), (3, 0.995)):
            of = os.path.join(folder, 'febrl%d' % number)
            a = os.path.join(of, 'a.csv')
            b = os.path.join(of, 'b.csv') if number == 4 else a
            option = '--weights', os.path.join(weights, 'weights_febrl%d.json' % number)
            found, seconds, _ = icmc(executable, a, b, truth_of(of), *option)
            tell('ICMC, FEBRL%d, weights fitted on it' % number, found['possible'], 'F1 >= %.3f' % bar, seconds)


if __name__ == '__main__':
    main(*sys.argv[1:4])
