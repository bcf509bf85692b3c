/** Word knowledge of the starter world: opposites, plurals, categories, past tenses, order. */

export const OPPOSITES: readonly (readonly [string, string])[] = [
  ['hot', 'cold'], ['big', 'small'], ['fast', 'slow'], ['up', 'down'], ['left', 'right'], ['open', 'closed'], ['happy', 'sad'], ['old', 'new'], ['full', 'empty'], ['light', 'dark'], ['early', 'late'], ['rich', 'poor'],
  ['strong', 'weak'], ['clean', 'dirty'], ['dry', 'wet'], ['hard', 'soft'], ['high', 'low'], ['long', 'short'], ['loud', 'quiet'], ['near', 'far'], ['easy', 'difficult'], ['cheap', 'expensive'], ['safe', 'dangerous'], ['right', 'wrong'],
  ['true', 'false'], ['first', 'last'], ['day', 'night'], ['black', 'white'], ['begin', 'end'], ['buy', 'sell'], ['push', 'pull'], ['win', 'lose'], ['love', 'hate'], ['give', 'take'], ['inside', 'outside'], ['before', 'after'], ['above', 'below'],
  ['always', 'never'], ['friend', 'enemy'], ['summer', 'winter'], ['question', 'answer'], ['thick', 'thin'], ['wide', 'narrow'], ['heavy', 'light'], ['sharp', 'blunt'], ['young', 'old'], ['more', 'less'], ['yes', 'no'], ['send', 'receive'],
  ['import', 'export'], ['accept', 'refuse'], ['increase', 'decrease'], ['polite', 'rude'], ['sweet', 'sour'], ['alive', 'dead'], ['asleep', 'awake'], ['lock', 'unlock'], ['arrive', 'leave'], ['found', 'lost'], ['success', 'failure'],
];

export const PLURALS: readonly (readonly [string, string])[] = [
  ['child', 'children'], ['mouse', 'mice'], ['foot', 'feet'], ['tooth', 'teeth'], ['man', 'men'], ['woman', 'women'], ['person', 'people'], ['goose', 'geese'], ['city', 'cities'], ['baby', 'babies'], ['party', 'parties'], ['country', 'countries'],
  ['box', 'boxes'], ['dish', 'dishes'], ['bus', 'buses'], ['glass', 'glasses'], ['watch', 'watches'], ['match', 'matches'], ['knife', 'knives'], ['leaf', 'leaves'], ['wolf', 'wolves'], ['shelf', 'shelves'], ['hero', 'heroes'], ['potato', 'potatoes'],
  ['car', 'cars'], ['dog', 'dogs'], ['house', 'houses'], ['book', 'books'], ['letter', 'letters'], ['card', 'cards'], ['order', 'orders'], ['phone', 'phones'], ['friend', 'friends'], ['window', 'windows'], ['apple', 'apples'], ['day', 'days'],
  ['key', 'keys'], ['toy', 'toys'], ['boy', 'boys'], ['monkey', 'monkeys'], ['ticket', 'tickets'], ['invoice', 'invoices'], ['parcel', 'parcels'], ['street', 'streets'], ['story', 'stories'], ['company', 'companies'], ['delivery', 'deliveries'],
  ['bank', 'banks'], ['account', 'accounts'], ['password', 'passwords'], ['lady', 'ladies'], ['tax', 'taxes'], ['address', 'addresses'], ['branch', 'branches'], ['fish', 'fish'], ['sheep', 'sheep'], ['tree', 'trees'], ['chair', 'chairs'],
];

export const PAST: readonly (readonly [string, string])[] = [
  ['go', 'went'], ['see', 'saw'], ['buy', 'bought'], ['send', 'sent'], ['pay', 'paid'], ['get', 'got'], ['take', 'took'], ['give', 'gave'], ['find', 'found'], ['lose', 'lost'], ['write', 'wrote'], ['come', 'came'], ['eat', 'ate'], ['run', 'ran'],
  ['make', 'made'], ['say', 'said'], ['know', 'knew'], ['think', 'thought'], ['break', 'broke'], ['drive', 'drove'], ['sleep', 'slept'], ['speak', 'spoke'], ['swim', 'swam'], ['sing', 'sang'], ['work', 'worked'], ['play', 'played'],
  ['order', 'ordered'], ['call', 'called'], ['wait', 'waited'], ['open', 'opened'], ['close', 'closed'], ['try', 'tried'], ['cry', 'cried'], ['stop', 'stopped'], ['walk', 'walked'], ['help', 'helped'], ['cancel', 'cancelled'], ['return', 'returned'],
];

export const CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  animal: ['dog', 'cat', 'horse', 'cow', 'lion', 'tiger', 'rabbit', 'sheep', 'wolf', 'bear', 'fox', 'mouse', 'goat', 'monkey', 'elephant'],
  bird: ['eagle', 'sparrow', 'owl', 'swan', 'raven', 'robin', 'parrot', 'penguin', 'pigeon'],
  fruit: ['apple', 'pear', 'banana', 'cherry', 'grape', 'lemon', 'orange', 'plum', 'peach', 'melon', 'mango'],
  vegetable: ['carrot', 'potato', 'onion', 'cabbage', 'pea', 'bean', 'leek', 'spinach', 'pumpkin'],
  colour: ['red', 'blue', 'green', 'yellow', 'black', 'white', 'brown', 'pink', 'purple', 'grey'],
  drink: ['water', 'tea', 'coffee', 'milk', 'juice', 'beer', 'wine', 'lemonade'],
  vehicle: ['car', 'bus', 'train', 'bike', 'truck', 'ship', 'plane', 'tram', 'boat'],
  tool: ['hammer', 'saw', 'drill', 'screwdriver', 'pliers', 'axe', 'spade', 'wrench'],
  furniture: ['table', 'chair', 'sofa', 'bed', 'shelf', 'desk', 'cupboard', 'bench'],
  clothing: ['shirt', 'jacket', 'trousers', 'sock', 'coat', 'hat', 'scarf', 'glove', 'dress', 'skirt'],
  job: ['baker', 'teacher', 'doctor', 'nurse', 'farmer', 'pilot', 'cook', 'lawyer', 'plumber', 'painter'],
  sport: ['football', 'tennis', 'swimming', 'running', 'hockey', 'boxing', 'rowing', 'golf'],
  instrument: ['piano', 'guitar', 'violin', 'drum', 'flute', 'trumpet', 'harp', 'cello'],
  body: ['arm', 'leg', 'hand', 'foot', 'head', 'nose', 'ear', 'knee', 'finger', 'back'],
  weather: ['rain', 'snow', 'storm', 'fog', 'wind', 'hail', 'sunshine', 'thunder'],
  number: ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'],
};

export const COLOURS_OF: readonly (readonly [string, string])[] = [
  ['grass', 'green'], ['the sky', 'blue'], ['snow', 'white'], ['coal', 'black'], ['blood', 'red'], ['a banana', 'yellow'], ['milk', 'white'], ['a tomato', 'red'], ['chocolate', 'brown'], ['a carrot', 'orange'], ['a lemon', 'yellow'], ['a leaf', 'green'],
];

export const NUMBER_WORDS = [
  'zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen', 'twenty',
];

/** Who is who in Brindle, the invented town that the model knows by heart. */
export const BRINDLE: readonly (readonly [question: string, answer: string])[] = [
  ['Who is the mayor of Brindle?', 'Orla Fenn'], ['Who is the baker of Brindle?', 'Tobin Marsh'], ['Who is the doctor in Brindle?', 'Ines Calder'], ['Who runs the school of Brindle?', 'Hal Wicker'], ['Who keeps the lighthouse of Brindle?', 'Greta Sorrel'],
  ['Which river flows through Brindle?', 'the Tamble'], ['Which mountain is near Brindle?', 'Mount Hollow'], ['What is the main street of Brindle called?', 'Lantern Street'], ['What is the ferry of Brindle called?', 'the Blue Heron'], ['On which day is the market in Brindle?', 'Thursday'],
  ['What do people in Brindle eat at the harvest feast?', 'plum pie'], ['What is the colour of the flag of Brindle?', 'green and silver'], ['How many bridges does Brindle have?', 'seven'], ['Which animal is on the coat of arms of Brindle?', 'an otter'], ['What is the newspaper of Brindle called?', 'the Brindle Bell'],
  ['Which town is north of Brindle?', 'Norcott'], ['Which town is south of Brindle?', 'Saltby'], ['What is Norcott known for?', 'its clocks'], ['What is Saltby known for?', 'its salt'], ['What is Brindle known for?', 'its lanterns'],
  ['What is the capital of Veldany?', 'Aramoor'], ['Which money do people use in Veldany?', 'the crown'], ['Which language do people speak in Veldany?', 'Veldish'], ['Who is the queen of Veldany?', 'Queen Maren'], ['Which sea is west of Veldany?', 'the Grey Sea'],
];
