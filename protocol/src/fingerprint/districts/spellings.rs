//! What the recipe calls some districts otherwise than the gazetteer does, and words that mean the same in two languages.
//! Not old names: those are in the gazetteer.

/// Name in the gazetteer, name in the recipe: the golden files of the reference have these.
pub(super) const RECIPE_NAMES: [(&str, &str); 8] = [
    ("ananthapuramu", "anantapur"),
    ("bagalkote", "bagalkot"),
    ("kavrepalanchok", "kavre"),
    ("mumbai city", "mumbai"),
    ("nuh", "mewat"),
    ("viluppuram", "villupuram"),
    ("yangon west", "yangon"),
    ("ysr kadapa", "kadapa"),
];

/// Other names that the gazetteer does not have, or leaves open between two states; the name in the recipe.
pub(super) const MORE_NAMES: [(&str, &str); 3] =
    [("bijapur", "vijayapura"), ("koch behar", "cooch behar"), ("rangoon", "yangon")];

/// Words of a name in a local language or abbreviated, and the word by which names are compared; empty: not part of it.
pub(super) const WORDS: [(&str, &str); 36] = [
    ("uttar", "north"),
    ("uttari", "north"),
    ("uttara", "north"),
    ("dakshin", "south"),
    ("dakshini", "south"),
    ("dakshina", "south"),
    ("dakkhin", "south"),
    ("purba", "east"),
    ("purb", "east"),
    ("purbi", "east"),
    ("purva", "east"),
    ("purv", "east"),
    ("purvi", "east"),
    ("eastern", "east"),
    ("pashchim", "west"),
    ("pashchimi", "west"),
    ("paschim", "west"),
    ("paschimi", "west"),
    ("poshchim", "west"),
    ("western", "west"),
    ("northern", "north"),
    ("southern", "south"),
    ("n", "north"),
    ("s", "south"),
    ("e", "east"),
    ("w", "west"),
    ("chabbish", "24"),
    ("chaubis", "24"),
    ("parganas", "pargana"),
    ("paragana", "pargana"),
    ("district", ""),
    ("dist", ""),
    ("distt", ""),
    ("jila", ""),
    ("zila", ""),
    ("zilla", ""),
];
