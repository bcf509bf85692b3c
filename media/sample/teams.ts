/** The teams of Lumo, an invented maker of smart lamps, and what their customers write to each of them. */

/** Patterns as in the starter world's phrases.ts: `(this|that)` is a choice, `{order}` a value. */
export interface Team {
  readonly name: string;
  /** wordings that the training file uses; the held-out file uses them too, with other choices and values */
  readonly train: readonly string[];
  /** wordings that only the held-out file uses */
  readonly heldout: readonly string[];
}

export const TEAMS: readonly Team[] = [
  {
    name: 'billing',
    train: [
      '(The invoice|My bill) for {month} is (wrong|too high|not correct), it (says|shows) {amount} (instead of what we agreed|but I only have one plan|).',
      'You charged my card twice (in {month}|this month|on {date}).', 'I need (a copy of the|the) invoice for {month} (for my tax office|for our accountant|as a PDF).',
      'There is a charge of {amount} on my card (and I do not know what it is for|that I cannot explain).', '(How|Where) do I (change|update) the credit card (that you charge|for my payments)?',
      'Please put our (tax number|company name|new address) on the invoice.', 'My payment (failed|was declined) (again|) and now I get (reminders|a late fee).', 'Why did the price on my bill go up (by {amount}|) (in {month}|this time)?',
      'Can (we|I) pay by (bank transfer|invoice|direct debit) (instead of card|from now on)?', 'I paid (order {order}|the invoice) but (it is still marked as open|I got a reminder anyway).', 'The VAT on (our|my) last invoice (is missing|looks wrong).',
    ],
    heldout: ['Two payments of {amount} left my account for the same month.', 'Our bookkeeper asks for the receipt of {date}.', 'My card expired, where can I enter the new number so that you can charge it?', 'I got a payment reminder although everything is paid.', 'The amount you took in {month} does not match the invoice.'],
  },
  {
    name: 'refunds',
    train: [
      'I (sent|gave) the {lamp} back (two weeks ago|on {date}) and still (wait for|do not have) my money.', 'When (will|do) I get my money back for (order {order}|the {lamp} I returned)?', 'Please (pay back|refund) {amount} for (order {order}|the cancelled order).',
      '(I cancelled|You cancelled) order {order} but the money (has not come back|is still with you).', 'You only (paid back|refunded) a part, {amount} (are|is) missing.', 'The return was (confirmed|received) on {date}, where is my (money|refund)?',
      'I want my money back, the {lamp} is not what I expected.', 'My refund went to (an old card|a closed account), can you send it (again|somewhere else)?', 'How long does it take until (the|a) refund (is on my account|arrives)?',
      'You promised me a (partial |)refund on the phone but nothing (came|happened).',
    ],
    heldout: ['It has been three weeks since you received my return and no money has arrived.', 'Give me back the {amount} I paid, I returned everything.', 'The refund you sent was {amount} too low.', 'I was told I would be reimbursed for order {order}, still waiting.', 'Has my repayment for the returned {lamp} been made yet?'],
  },
  {
    name: 'shipping',
    train: [
      'Where is my (order|parcel|package) {order}?', 'My parcel should have (come|arrived) on {weekday} (but it is not here|and there is no sign of it).', 'The tracking (has not moved|shows nothing|is stuck) since {weekday}.',
      'The courier (left|delivered) my parcel (at the wrong house|to a neighbour I do not know|in the rain).', 'Can you (send|deliver) order {order} to (another address|my office|{city}) (please|instead)?', 'Do you (ship|deliver) to {country}?',
      'What does (delivery|shipping) to {country} cost?', 'Tracking says delivered but (I got nothing|my hall is empty).', 'I typed the wrong (street|house number|post code) for order {order}.', 'Only one of (two|three) boxes (came|was delivered).', 'How long does (delivery|shipping) (take|to {city} take)?',
    ],
    heldout: ['I ordered ten days ago and no parcel so far.', 'The driver never rang my bell and took the box away again.', 'Is it possible to have my lamps brought on a Saturday?', 'My package has been sitting in {city} for a week.', 'Please change where order {order} is going, I have moved.'],
  },
  {
    name: 'accounts',
    train: [
      'I (forgot|lost) my password (and cannot log in|again|).', 'The (reset|password) mail never (comes|arrives).', 'I cannot (log in|sign in) (since {weekday}|any more|with my e-mail).', 'Please change (the e-mail of my account|my login) to {email}.',
      'My account is locked (after three tries|), (please open it|what can I do).', 'I have two accounts and want (only one|to merge them).', 'How do I (change|edit) (my name|my phone number|my user name) (in my profile|)?', 'The code (to log in|for the second step) (never reaches my phone|is always wrong).',
      'I cannot (register|create a profile), it says the e-mail is (taken|already in use).', 'How can I give my (wife|husband|colleague) (access to|a login for) our account?',
    ],
    heldout: ['Logging in with my old password does nothing but show an error.', 'I got a new phone number and now the login code goes to the old one.', 'Sign-up does not work, it claims that I already have a profile.', 'My user name has a typo, can you fix it?', 'I never get the link for a new password.'],
  },
  {
    name: 'security',
    train: [
      '(Someone|A stranger) (logged into|got into|is using) my account (from {country}|last night|).', 'I think (my account was|we have been) hacked, lamps go on (at night|by themselves) and it was not me.', 'I got a (strange|fake|suspicious) mail that (says it is from you|asks for my password).',
      'Is this (mail|text message|call) (really from you|a scam)? It wants my card number.', 'I found a (hole|bug|weakness) that lets (anyone|me) (see|open) other (homes|accounts).', 'I clicked on a (link|file) in a fake Lumo mail (and typed my password|).',
      'There is a login from {city} that was not me.', 'My lamps were (controlled|switched) by someone else.', 'Who do I tell about a (vulnerability|security problem) in your (lamp|bridge|website)?', 'Somebody changed my password and (my e-mail|all my data), it was not me.',
    ],
    heldout: ['A person I do not know controls my living room lights, I am afraid.', 'This message claims to be Lumo and wants my bank details, fake?', 'Your website shows me the data of other customers, that is a serious leak.', 'An unknown device in {country} is signed in to my profile.', 'I fell for a phishing mail with your logo.'],
  },
  {
    name: 'mobile-app',
    train: [
      'The app (crashes|closes|freezes) (when I open it|at the start|on my {device}|after the update).', 'Since the (last|new) update the app (is so slow|shows a white screen|does not start).', 'The app does not (find|see|show) (my rooms|my lamps|the widget) (any more|on my {device}).',
      'Push (messages|notifications) (do not come|never arrive) on my {device}.', 'The (dark mode|colour wheel|timer|widget) in the app (does not work|is broken|is gone).', 'I cannot (install|update) the app (on my {device}|from the store).', 'The app drains (my battery|the battery of my {device}).',
      'Buttons in the app do nothing when I (tap|press) them.', 'The app is (in the wrong language|suddenly in English), how do I change that?', 'On my (new|old) {device} the app (hangs|stops) at (the logo|{number} percent).',
    ],
    heldout: ['Every time I tap on a room the program on my phone shuts down.', 'Your Android version hangs at the start screen.', 'The slider for brightness jumps around on the screen of my tablet.', 'No alerts on my watch any more since the new version.', 'The store says that the app is not made for my {device}.'],
  },
  {
    name: 'hardware',
    train: [
      'My {lamp} (flickers|buzzes|does not turn on|stays dark).', 'The {lamp} (broke|stopped working) after (a week|{days} days|two months).', 'The (bridge|plug|switch) (gets hot|smells burnt|blinks red).', 'The glass of my {lamp} (has a crack|is broken|came loose).',
      'Is my {lamp} still under warranty? It (does not light|is dead).', 'I need a (spare part|new cable|new bulb) for my {lamp}.', 'Which bulb fits (the|my) {lamp}?', 'The {lamp} only (shines red|works at half power|makes a noise).',
      'How do I (mount|hang up|reset|clean) the {lamp}?', 'The battery of the {lamp} (lasts only an hour|does not charge).', 'Can you repair (my|a) {lamp}? (It fell down.|The switch is stuck.)',
    ],
    heldout: ['One of the bulbs is dead out of the box.', 'There is a burnt smell coming from the plug.', 'The {lamp} keeps switching itself off, I think it is defective.', 'Do you sell a replacement shade for the {lamp}?', 'The dimmer wheel on my {lamp} is loose.'],
  },
  {
    name: 'sales',
    train: [
      'We (want to|would like to) buy {number} (lamps|{lamp}s), (what is your best price|can you make an offer)?', 'Please send (me|us) (a quote|an offer) for (our hotel|our office|{number} rooms).', 'Is there a (discount|special price) for (schools|large orders|architects)?', 'Which (lamp|model) (fits|is right for) (a kitchen|a shop|an office of 40 square metres)?',
      'Can (someone|one of you) (show us|demonstrate) your lamps (in {city}|by video|)?', 'What is the difference between the {lamp} and the {lamp}?', 'We are a (shop|dealer) in {country} and want to sell your lamps.', 'When will (the {lamp}|the white model) be in stock again?', 'I would like to (talk|speak) to (someone|a person) about a big order.',
      'Do you have (samples|a catalogue|a price list) (for designers|for our project|)?',
    ],
    heldout: ['Our company plans to light a whole building, whom can I talk to about prices?', 'I am thinking of getting the {lamp}, is it bright enough for reading?', 'Could a representative visit us in {city}?', 'How much would {number} pieces cost for a restaurant?', 'We are interested in becoming a partner store.'],
  },
  {
    name: 'privacy',
    train: [
      'Please delete (all my data|everything you know about me).', '(What|Which) data do you (keep|store|collect) about (me|my home)?', 'I want a copy of (all my|the) personal data (you have|under the law|).', 'Do you (sell|give) my data to (others|advertisers)?', 'How long do you keep (recordings|my address|logs of my lamps)?',
      'I do not (want|agree) that you (share|use) my data (for advertising|with partners).', '(Where|In which country) (is|are) (my data|your servers)?', 'I withdraw my consent (to tracking|to cookies|for marketing).', 'We need a (data processing agreement|privacy contract) with you.', 'Does the lamp (listen|record) what (I|we) say at home?',
    ],
    heldout: ['Erase my personal information from all your systems.', 'Who can see when I am at home from my light data?', 'Under the GDPR I request to know what is stored on me.', 'Please stop passing my details on to other firms.', 'Our lawyer needs your data protection agreement.'],
  },
  {
    name: 'integrations',
    train: [
      'Your API (returns|gives|sends) (error|code) {number} (since {weekday}|).', 'How do I get (an API key|a token) (for my script|)?', '(Does|Can) the {lamp} work with (Alexa|HomeKit|Google Home|my alarm system)?', 'The (webhook|callback) is (not called|called twice) when a lamp (goes on|changes).', 'I (cannot|can not) connect (Alexa|Google Home|HomeKit|Slack) (to my lamps|with Lumo|).',
      'Is there (a limit|a quota) for (API calls|requests) (a day|)?', 'The docs of (the REST API|the SDK|the developer page) (are wrong|miss an example).', 'Our (script|server|software) cannot read the state of the lamps any more.', 'Do you support (MQTT|Matter|Zigbee|IFTTT)?', 'After the change Alexa (does not find|forgot) my lamps.',
    ],
    heldout: ['My Python program gets a 401 from your endpoint.', 'Voice control through Google does not see the new lamp.', 'How many requests per minute can my server send?', 'I want to switch lights from our own software, is there an SDK?', 'Linking Lumo with HomeKit fails at the last step.'],
  },
  {
    name: 'plans',
    train: [
      'I (want to|would like to) (cancel|end|stop) my (Lumo Plus|plan|subscription).', 'How do I (upgrade|switch|move) (to Lumo Plus|to the family plan|from monthly to yearly)?', 'My (plan|subscription) was renewed although I (cancelled|ended) it (in time|).', 'What is (in|included in) (the family plan|Lumo Plus)?', 'Please (turn off|stop) the automatic renewal (of my plan|).',
      'Can I (pause|freeze) my subscription (for {days} months|while I am away)?', 'We (want|need) a (smaller|bigger) plan (from {month}|with more homes).', 'Does the trial (end|stop) by itself or (do I have to|must I) cancel?', 'When does my (plan|subscription|trial) (end|run out)?', 'I want to go back to the free (version|plan).',
    ],
    heldout: ['Please do not extend my membership after {month}.', 'What extra things do I get with Lumo Plus?', 'I no longer need the premium package, take me down to the basic one.', 'Put my subscription on hold over the summer.', 'My free month is almost over, how do I leave?'],
  },
  {
    name: 'outages',
    train: [
      '(Are your servers|Is your service) down (again|right now|)? (Nothing works.|All my lamps are offline.|)', 'All my lamps (went|are) offline (at once|since {time}|everywhere).', 'The (cloud|server|service) (cannot be reached|does not answer) (since this morning|).', 'When (will|is) the (outage|disturbance) (be over|fixed)?', 'Nobody in our (building|street|team) can (switch|reach) the lamps (since {time}|).',
      'Your status page says all is well but (nothing|no lamp) (works|answers).', 'Everything (stopped|went dark) at {time}, is there (an outage|a problem on your side)?', 'The whole system (has been|is) (down|unreachable) (for hours|since {weekday}).', 'Again no connection to your (servers|cloud), (third time this week|what is going on).', 'Timers did not run last night, was (your server|the cloud) down?',
    ],
    heldout: ['Is there a disruption at the moment, none of my three homes responds?', 'Your cloud has been unavailable all morning.', 'Any news on when the system will be up again?', 'My neighbours and I lost all lights in Lumo at {time}.', 'The service keeps going down every evening.'],
  },
];

/** Two topics in one ticket: the first sentence is told, the second is asked, and the ask decides. */
export const TOLD: readonly string[] = [
  'The parcel (came|arrived) (quickly|on time), thanks.', 'My last invoice was fine.', 'I already reset my password.', 'The app is great.', 'I like my {lamp}.', 'I have Lumo Plus.', 'You paid me back last year without trouble.', 'I use your API for my home.',
  'Your shop in {city} was very helpful.', 'I changed the bulb myself.', 'Last week there was an outage, that is over now.', 'My account is old.', 'My order {order} was perfect.', 'I updated the app.', 'I know that you keep my data safe.',
];
export const LAMPS: readonly string[] = ['desk lamp', 'floor lamp', 'ceiling lamp', 'light strip', 'garden light', 'night light', 'reading lamp', 'Lumo One', 'Lumo Mini', 'Lumo Globe', 'wall lamp', 'table lamp'];
