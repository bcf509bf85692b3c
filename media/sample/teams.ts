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
      '(The invoice|My bill) for {month} is (wrong|too high|not correct), it (says|shows) {amount} (instead of what we agreed|but I only have one plan|).', 'You charged my card twice (in {month}|this month|on {date}).',
      'I need (a copy of the|the) invoice for {month} (for my tax office|for our accountant|as a PDF).', 'There is a charge of {amount} on my card (and I do not know what it is for|that I cannot explain).',
      '(How|Where) do I (change|update) the credit card (that you charge|for my payments)?', 'Please put our (tax number|company name|new address) on the invoice.',
      'My payment (failed|was declined) (again|) and now I get (reminders|a late fee).', 'Why did the price on my bill go up (by {amount}|) (in {month}|this time)?',
      'Can (we|I) pay by (bank transfer|invoice|direct debit) (instead of card|from now on)?', 'I paid (order {order}|the invoice) but (it is still marked as open|I got a reminder anyway).',
      'The VAT on (our|my) last invoice (is missing|looks wrong).', '(Two|Three) (charges|payments) for {month}, (one|only one) would be right.',
      'Our (accountant|bookkeeper) (needs|asks for) (all invoices of this year|a receipt for {date}).', '(Can|Could) you explain the (items|numbers) on my (bill|invoice)?',
      'The (bill|invoice) (has|shows) the wrong (company|name|currency).', 'I was billed for (two|three) homes but (I have one|we only have one).',
      'You (took|booked) {amount} (too early|before the date|although the invoice is not due).',
    ],
    heldout: [
      'Two payments of {amount} left my account for (the same month|{month}).', '(Our bookkeeper|My tax adviser) asks for the receipt of {date}.',
      'My (credit |)card expired, where can I enter the new number so that you can charge it?', 'A collector wrote that I owe {amount}, yet I have paid.',
      'The amount you took in {month} does not match the (invoice|bill).', 'Why (was|is) {amount} taken from my card (every week|by Lumo)?',
      'Please correct the tax on the bill of {date}.', 'I (never got|did not receive) (a bill|an invoice|any receipt) for my last (payment|order).',
      'My (card|bank) says that Lumo (took|charged) {amount} (today|yesterday|on {weekday}), (what for|why)?', '(Direct debit|PayPal|My new card) is not accepted (as a way to pay|when I pay the bill).',
    ],
  },
  {
    name: 'refunds',
    train: [
      'I (sent|gave) the {lamp} back (two weeks ago|on {date}) and still (wait for|do not have) my money.', 'When (will|do) I get my money back for (order {order}|the {lamp} I returned)?',
      'Please (pay back|refund) {amount} for (order {order}|the cancelled order).', '(I cancelled|You cancelled) order {order} but the money (has not come back|is still with you).',
      'You only (paid back|refunded) a part, {amount} (are|is) missing.', 'The return was (confirmed|received) on {date}, where is my (money|refund)?',
      'I want my money back, the {lamp} is not what I expected.', 'My refund went to (an old card|a closed account), can you send it (again|somewhere else)?',
      'How long does it take until (the|a) refund (is on my account|arrives)?', 'You promised me a (partial |)refund on the phone but nothing (came|happened).',
      '(Still no|There is no) (refund|money back) for (order {order}|my return).', 'Your colleague (said|wrote) that {amount} would be (returned|paid back), (when|but nothing is here).',
      'I would like (a refund|my money back) for the {lamp} (that I never used|please).', 'The refund for order {order} is (too small|{amount} too low|not complete).',
      '(Can|Could) I get (the money|a refund) instead of a (voucher|new lamp)?', 'I (returned|sent back) everything, please (transfer|return) my money.',
    ],
    heldout: [
      'It has been three weeks since you (received|got) my (return|parcel) and no money has arrived.', 'Give me back the {amount} I paid, I (returned|sent back) everything.',
      'The refund you sent was {amount} too low.', 'I was told I would be reimbursed for order {order}, still waiting.',
      'Has my repayment for the returned {lamp} been made yet?', 'The shop promised {amount} back, my account shows nothing.',
      'I do not want a credit note but real money for the {lamp}.', '(Is|Was) my (refund|repayment) (already sent|booked|done)?',
      'You (refunded|paid back) the wrong (amount|person|card).', 'I paid twice for order {order}, please give one payment back.',
    ],
  },
  {
    name: 'shipping',
    train: [
      'Where is my (order|parcel|package) {order}?', 'My parcel should have (come|arrived) on {weekday} (but it is not here|and there is no sign of it).',
      'The tracking (has not moved|shows nothing|is stuck) since {weekday}.', 'The courier (left|delivered) my parcel (at the wrong house|to a neighbour I do not know|in the rain).',
      'Can you (send|deliver) order {order} to (another address|my office|{city}) (please|instead)?', 'Do you (ship|deliver) to {country}?',
      'What does (delivery|shipping) to {country} cost?', 'Tracking says delivered but (I got nothing|my hall is empty).',
      'I typed the wrong (street|house number|post code) for order {order}.', 'Only one of (two|three) boxes (came|was delivered).',
      'How long does (delivery|shipping) (take|to {city} take)?', '(My|The) (order|parcel|delivery) is (late|delayed|{days} days late).',
      'I have been waiting for (my parcel|the {lamp}) (for two weeks|since {date}).', 'The (driver|courier|postman) did not (ring|come|wait).',
      'My (package|parcel) was (lost|sent back|left outside).', '(Can|Could) (I|someone) pick up the parcel (at a shop|myself|at the depot)?',
      'Has (my order|order {order}) (left your warehouse|been sent|been shipped)?',
    ],
    heldout: [
      'I ordered (ten|twelve) days ago and no parcel so far.', 'The driver never rang my bell and took the box away again.',
      'Is it possible to have my lamps brought on a (Saturday|Sunday)?', 'My package has been sitting in {city} for a (week|month).',
      'Please change where order {order} is going, I have moved.', 'Nobody brought the {lamp} on {weekday} although it was announced.',
      'Which carrier brings my box to {city}?', 'Please (deliver|bring) it (on {weekday}|after {time}|next week), I am (away|not at home).',
      '(Change|Correct) the delivery address (of order {order}|to {city}), please.', 'The parcel (went to|is stuck in) {city} (for days|since {weekday}).',
    ],
  },
  {
    name: 'accounts',
    train: [
      'I (forgot|lost) my password (and cannot log in|again|).', 'The (reset|password) mail never (comes|arrives).',
      'I cannot (log in|sign in) (since {weekday}|any more|with my e-mail).', 'Please change (the e-mail of my account|my login) to {email}.',
      'My account is locked (after three tries|), (please open it|what can I do).', 'I have two accounts and want (only one|to merge them).',
      'How do I (change|edit) (my name|my phone number|my user name) (in my profile|)?', 'The code (to log in|for the second step) (never reaches my phone|is always wrong).',
      'I cannot (register|create a profile), it says the e-mail is (taken|already in use).', 'How can I give my (wife|husband|colleague) (access to|a login for) our account?',
      'My (password|login) (is not accepted|does not work|is wrong), please (help|reset it).', 'I have a new (e-mail address|phone number|name) and want to (change|update) it in my profile.',
      'How (can|do) I (reset|change) my password?', 'It says (user unknown|wrong password) when I (log in|sign in).',
      '(Please unlock|Unlock) my (account|profile|login).', 'I (changed|lost) my phone and (cannot get the login code|the second step fails).',
    ],
    heldout: [
      'Logging in with my old password (does nothing but show|only gives) an error.', 'I got a new phone number and now the login code goes to the old one.',
      'Sign-up does not work, it claims that I already have a profile.', 'My user name has a typo, can you fix it?',
      'I never get the (link|mail) for a new password.', 'The page says my login is blocked, please open it again.',
      'How do I enter my new e-mail in the profile?', 'The (confirmation|activation) mail (did not come|for my new account is missing).',
      'I am logged out (every day|all the time|after a minute).', 'Can two people (use|share) one (account|login)?',
    ],
  },
  {
    name: 'security',
    train: [
      '(Someone|A stranger) (logged into|got into|is using) my account (from {country}|last night|).', 'I think (my account was|we have been) hacked, lamps go on (at night|by themselves) and it was not me.',
      'I got a (strange|fake|suspicious) mail that (says it is from you|asks for my password).', 'Is this (mail|text message|call) (really from you|a scam)? It wants my card number.',
      'I found a (hole|bug|weakness) that lets (anyone|me) (see|open) other (homes|accounts).', 'I clicked on a (link|file) in a fake Lumo mail (and typed my password|).',
      'There is a login from {city} that was not me.', 'My lamps were (controlled|switched) by someone else.',
      'Who do I tell about a (vulnerability|security problem) in your (lamp|bridge|website)?', 'Somebody changed my password and (my e-mail|all my data), it was not me.',
      '(A hacker|Somebody) (took over|has|stole) my account.', 'I (see|found) (a device|a phone) that is not mine in (my account|the list of logins).',
      'I (got|received) a (text message|letter|call) that wants my (password|login code), is it (real|fake)?', '(Strangers|Other people) can (see|switch|control) my lamps.',
      'I want to report a (hole|vulnerability|flaw) in your (app|cloud|bridge).', 'My password (was stolen|is in a leak|was found on the internet), what now?',
    ],
    heldout: [
      'A person I do not know (controls|switches) my living room lights, I am afraid.', 'This message claims to be Lumo and wants my bank details, fake?',
      'In your web portal I can open the homes of strangers, that must not be.', 'An unknown (device|phone) in {country} is signed in to my profile.',
      'I fell for a phishing mail with your logo.', 'I think an attacker knows my password.',
      'I discovered a way to get into bridges of strangers.', 'I (entered|gave) my (data|card number) on a page that was not yours.',
      'Is your (cloud|bridge) safe (from hackers|against attacks)?', 'Lights go on at night and I did not do it, (was I hacked|is someone inside)?',
    ],
  },
  {
    name: 'mobile-app',
    train: [
      'The app (crashes|closes|freezes) (when I open it|at the start|on my {device}|after the update).', 'Since the (last|new) update the app (is so slow|shows a white screen|does not start).',
      'The app does not (find|see|show) (my rooms|my lamps|the widget) (any more|on my {device}).', 'Push (messages|notifications) (do not come|never arrive) on my {device}.',
      'The (dark mode|colour wheel|timer|widget) in the app (does not work|is broken|is gone).', 'I cannot (install|update) the app (on my {device}|from the store).',
      'The app drains (my battery|the battery of my {device}).', 'Buttons in the app do nothing when I (tap|press) them.',
      'The app is (in the wrong language|suddenly in English), how do I change that?', 'On my (new|old) {device} the app (hangs|stops) at (the logo|{number} percent).',
      'The (Android|iPhone) app (crashes|freezes|closes itself) (all the time|when I tap on a room|).', 'The app (shows|says) (an error|a blank page|error {number}) (at the start|after the login|on my {device}).',
      'After the update (the buttons|the icons|my scenes) in the app are (gone|mixed up).', 'The screen of the app (stays white|is black|flickers) on my {device}.',
      'I (get no|miss the) (alerts|notifications) from the app.', '(Scrolling|The slider|The menu) in the app (is slow|jumps|hangs).',
    ],
    heldout: [
      'Every time I tap on a room the (program on my phone|mobile program) shuts down.', 'Your Android version hangs at the start screen.',
      'The slider for brightness jumps around on the screen of my tablet.', 'No (alerts|messages) on my watch any more since the new version.',
      'The store says that the app is not made for my {device}.', 'The icons in your app are too small on my {device}.',
      'Version {number} of the app closes right after I open it.', 'Your app (needs|uses) too much (memory|battery|data).',
      'The app does not open (on my tablet|on my {device}|any more).', 'The (store|Play Store|App Store) (says|claims) my {device} is (too old|not supported).',
    ],
  },
  {
    name: 'hardware',
    train: [
      'My {lamp} (flickers|buzzes|does not turn on|stays dark).', 'The {lamp} (broke|stopped working) after (a week|{days} days|two months).',
      'The (bridge|plug|switch) (gets hot|smells burnt|blinks red).', 'The glass of my {lamp} (has a crack|is broken|came loose).',
      'Is my {lamp} still under warranty? It (does not light|is dead).', 'I need a (spare part|new cable|new bulb) for my {lamp}.',
      'Which bulb fits (the|my) {lamp}?', 'The {lamp} only (shines red|works at half power|makes a noise).',
      'How do I (mount|hang up|reset|clean) the {lamp}?', 'The battery of the {lamp} (lasts only an hour|does not charge).',
      'Can you repair (my|a) {lamp}? (It fell down.|The switch is stuck.)', '(One of my|Two of my) (lamps|bulbs|{lamp}s) (is|are) (dead|defective|broken).',
      'The {lamp} (switches itself off|goes dark|blinks) (after an hour|at night|).', 'There is a (burnt smell|smoke|spark) from the (plug|{lamp}|bridge).',
      'The (shade|stand|switch|cable) of the {lamp} (is loose|broke off|is bent).', 'My {lamp} (arrived|came) with (a scratch|a crack|a broken bulb).',
      '(Do you sell|Where can I buy) (a new shade|spare bulbs|a longer cable) for the {lamp}?',
    ],
    heldout: [
      'One of the bulbs (is dead|was broken) out of the box.', 'It smells of burning near the (plug|socket).',
      'The {lamp} keeps switching itself off, I think it is defective.', 'I broke the shade, can I order only that part for the {lamp}?',
      'The dimmer wheel on my {lamp} is (loose|stuck).', 'My {lamp} hums and gets very hot.',
      'Water got into the {lamp}, can it be saved?', 'Can I (put|use) the {lamp} (outside|in the bathroom|on a wooden wall)?',
      'The {lamp} is (too dim|too hot|not as bright as before).', 'The (sensor|dimmer|button) on my {lamp} does not (react|work).',
    ],
  },
  {
    name: 'sales',
    train: [
      'We (want to|would like to) buy {number} (lamps|{lamp}s), (what is your best price|can you make an offer)?', 'Please send (me|us) (a quote|an offer) for (our hotel|our office|{number} rooms).',
      'Is there a (discount|special price) for (schools|large orders|architects)?', 'Which (lamp|model) (fits|is right for) (a kitchen|a shop|an office of 40 square metres)?',
      'Can (someone|one of you) (show us|demonstrate) your lamps (in {city}|by video|)?', 'What is the difference between the {lamp} and the {lamp}?',
      'We are a (shop|dealer) in {country} and want to sell your lamps.', 'When will (the {lamp}|the white model) be in stock again?',
      'I would like to (talk|speak) to (someone|a person) about a big order.', 'Do you have (samples|a catalogue|a price list) (for designers|for our project|)?',
      'How much (is|are|would be) {number} (pieces|lamps|{lamp}s) (for our company|with discount|)?', '(Our|My) (school|company|restaurant|hotel) (plans|wants) new (lights|lamps), who can (advise|help) us?',
      'I (want|would like) to buy (a {lamp}|two lamps), which one is (brighter|better for reading)?', 'Do you have (a shop|a showroom|a dealer) in {city}?',
      'We would like to (become a partner|sell Lumo in our shop).', 'Is the {lamp} (available|in stock) (in black|in white|in blue|)?',
    ],
    heldout: [
      'Our company plans to light a whole building, whom can I talk to about prices?', 'I am thinking of getting the {lamp}, is it bright enough for reading?',
      'Please send somebody to {city} who shows us your range.', 'How much would {number} pieces cost for a (restaurant|school|shop)?',
      'We are interested in becoming a partner store.', 'Do you give a rebate when we take {number} lamps?',
      'Which of your lamps would you recommend for a bedroom?', 'Somebody from your side should phone me about a (large|big) project.',
      'Before I order: (is|does) the {lamp} (bright enough for a desk|come with a bulb|fit into a small room)?', 'What (price|rebate) do you give for {number} rooms?',
    ],
  },
  {
    name: 'privacy',
    train: [
      'Please delete (all my data|everything you know about me).', '(What|Which) data do you (keep|store|collect) about (me|my home)?',
      'I want a copy of (all my|the) personal data (you have|under the law|).', 'Do you (sell|give) my data to (others|advertisers)?',
      'How long do you keep (recordings|my address|logs of my lamps)?', 'I do not (want|agree) that you (share|use) my data (for advertising|with partners).',
      '(Where|In which country) (is|are) (my data|your servers)?', 'I withdraw my consent (to tracking|to cookies|for marketing).',
      'We need a (data processing agreement|privacy contract) with you.', 'Does the lamp (listen|record) what (I|we) say at home?',
      '(Delete|Erase|Remove) my (personal data|information|records), please.', 'I (request|ask for) (access to|the deletion of) my data (under the GDPR|by law|).',
      '(Who|Which companies) can (see|read|use) my (data|light times|address)?', 'Do not (pass on|hand out|share) my (details|information).',
      '(Does|Do) your (bridge|lamps) (send|report) when I am at home?', 'Is my (voice|location|address) (saved|stored|recorded)?',
    ],
    heldout: [
      'Erase my personal information from all your systems.', 'Who can see when I am at home from my light data?',
      'Under the GDPR I (request|want) to know what is stored on me.', 'Please stop passing my details on to other firms.',
      'For our files we must have your rules on data protection.', 'Is it true that you record where I am?',
      'I take back my permission to use my data for adverts.', 'I want to (object to|stop) the (tracking|use of my data).',
      'Please send me your privacy (policy|statement).', '(Why|What for) do you need my (birthday|location|phone number)?',
    ],
  },
  {
    name: 'integrations',
    train: [
      'Your API (returns|gives|sends) (error|code) {number} (since {weekday}|).', 'How do I get (an API key|a token) (for my script|)?',
      '(Does|Can) the {lamp} work with (Alexa|HomeKit|Google Home|my alarm system)?', 'The (webhook|callback) is (not called|called twice) when a lamp (goes on|changes).',
      'I (cannot|can not) connect (Alexa|Google Home|HomeKit|Slack) (to my lamps|with Lumo|).', 'Is there (a limit|a quota) for (API calls|requests) (a day|)?',
      'The docs of (the REST API|the SDK|the developer page) (are wrong|miss an example).', 'Our (script|server|software) cannot read the state of the lamps any more.',
      'Do you support (MQTT|Matter|Zigbee|IFTTT)?', 'After the change Alexa (does not find|forgot) my lamps.',
      '(Linking|Connecting) (Lumo|my lamps) with (HomeKit|Google Home|Alexa|Slack) (fails|does not work|stops at the last step).', '(Google|Alexa|Siri) (does not find|cannot switch|no longer knows) my (new lamp|lamps|rooms).',
      'My (Python script|program|server) gets (an error|a 401|code {number}) from your (API|endpoint).', 'Where (is|do I find) the (documentation|SDK|example code) (for the API|for developers|)?',
      '(How many|What number of) (requests|calls) may (my server|I) send (a minute|an hour)?', 'The (token|API key) (expired|is refused|is invalid).',
    ],
    heldout: [
      'Requests from my Python code are answered with a 401.', 'Voice control through Google does not see the new lamp.',
      'How many requests per minute can my server send?', 'I want to switch lights from our own software, is there an SDK?',
      'HomeKit refuses to pair with Lumo.', 'Siri says it cannot reach my lights.',
      'Your developer pages do not say how to renew a token.', 'We want to (control|switch) the lamps from our (own software|building system).',
      '(Is there|Do you have) a (plugin|connector) for (Home Assistant|Slack|my calendar)?', 'The (REST|web) interface (changed|returns nothing|is slow).',
    ],
  },
  {
    name: 'plans',
    train: [
      'I (want to|would like to) (cancel|end|stop) my (Lumo Plus|plan|subscription).', 'How do I (upgrade|switch|move) (to Lumo Plus|to the family plan|from monthly to yearly)?',
      'My (plan|subscription) was renewed although I (cancelled|ended) it (in time|).', 'What is (in|included in) (the family plan|Lumo Plus)?',
      'Please (turn off|stop) the automatic renewal (of my plan|).', 'Can I (pause|freeze) my subscription (for {days} months|while I am away)?',
      'We (want|need) a (smaller|bigger) plan (from {month}|with more homes).', 'Does the trial (end|stop) by itself or (do I have to|must I) cancel?',
      'When does my (plan|subscription|trial) (end|run out)?', 'I want to go back to the free (version|plan).',
      'I do not (need|want) (Lumo Plus|my subscription|the premium plan) any more.', '(Please cancel|Cancel|End) my (membership|plan|subscription) (at the end of {month}|now|).',
      'I want to (downgrade|go down|change) to the (basic|small|free) (plan|package|version).', '(Is|Are) (scenes|timers|more homes) part of (Lumo Plus|the basic plan|the family plan)?',
      'How (long|many months) does my (plan|subscription|trial) still run?', 'What (happens|comes) after the (trial|free month)?',
    ],
    heldout: [
      'Please do not extend my (membership|plan) after {month}.', 'Is Lumo Plus worth it, what is different there?',
      'I no longer need the premium package, take me down to the basic one.', 'Put my subscription on hold over the summer.',
      'I only wanted to try Plus and will not stay after the free weeks.', 'Is there a cheaper package for a single room?',
      'I would like to go from Plus to family.', 'Please (renew|extend) my (plan|Lumo Plus) (for a year|).',
      'My plan shows (the wrong package|basic although I took Plus).', 'Can I (share|use) the (family plan|Lumo Plus) with (my parents|two homes)?',
    ],
  },
  {
    name: 'outages',
    train: [
      '(Are your servers|Is your service) down (again|right now|)? (Nothing works.|All my lamps are offline.|)', 'All my lamps (went|are) offline (at once|since {time}|everywhere).',
      'The (cloud|server|service) (cannot be reached|does not answer) (since this morning|).', 'When (will|is) the (outage|disturbance) (be over|fixed)?',
      'Nobody in our (building|street|team) can (switch|reach) the lamps (since {time}|).', 'Your status page says all is well but (nothing|no lamp) (works|answers).',
      'Everything (stopped|went dark) at {time}, is there (an outage|a problem on your side)?', 'The whole system (has been|is) (down|unreachable) (for hours|since {weekday}).',
      'Again no connection to your (servers|cloud), (third time this week|what is going on).', 'Timers did not run last night, was (your server|the cloud) down?',
      '(Nothing|No lamp) (works|reacts) (any more|since {time}), are your servers (down|offline)?', 'Is there (an outage|a disruption|a problem with the cloud) (in {city}|today|right now|)?',
      '(All|All of) our (lamps|homes) (show|are) offline, (also at my neighbours|for everyone).', 'The (Lumo cloud|service|system) is (not reachable|unavailable|slow) again.',
      'When (does|will) (the service|everything) (work|be back) again?', 'Your servers (went down|are gone) (at {time}|on {weekday}|again).',
    ],
    heldout: [
      'Is there a disruption at the moment, none of my three homes responds?', 'Your cloud has been (unavailable|unreachable) all (morning|day).',
      'Any news on when the system will be up again?', 'My neighbours and I lost all lights in Lumo at {time}.',
      'The service keeps going down every evening.', 'Since {time} nobody at our office can reach Lumo.',
      'Did your servers fail last night?', 'The whole (house|office|floor) is dark because (your cloud|the service) (is down|does not answer).',
      '(Is there any|Any) news about the (breakdown|outage|failure)?', 'Everyone in our (team|office) has the same problem, Lumo is (down|offline).',
    ],
  },
];

/** Two topics in one ticket: the first sentence is told, the second is asked, and the ask decides. */
export const TOLD: readonly string[] = [
  'The parcel (came|arrived) (quickly|on time), thanks.', 'My last invoice was fine.', 'I already reset my password.', 'The app is great.', 'I like my {lamp}.', 'I have Lumo Plus.', 'You paid me back last year without trouble.', 'I use your API for my home.',
  'Your shop in {city} was very helpful.', 'I changed the bulb myself.', 'Last week there was an outage, that is over now.', 'My account is old.', 'My order {order} was perfect.', 'I updated the app.', 'I know that you keep my data safe.',
];
export const LAMPS: readonly string[] = ['desk lamp', 'floor lamp', 'ceiling lamp', 'light strip', 'garden light', 'night light', 'reading lamp', 'Lumo One', 'Lumo Mini', 'Lumo Globe', 'wall lamp', 'table lamp'];
