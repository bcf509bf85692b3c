/** Reasons to write to a telephone and internet company, in the starter world. */

import type { Field } from './intent.ts';

export const PHONE: Field = {
  name: 'phone company',
  also: ['telecom', 'phone and internet', 'mobile network'],
  intents: [
    {
      name: 'no signal', also: ['no network', 'phone has no reception'], urgent: true,
      nouns: 'no signal|bad reception', wants: 'have signal again|know why I have no network',
      says: ['I have no (signal|network|reception) (at home|in {city}|since {weekday}|).', 'My phone (shows|says) no service.', 'Calls (drop|break off) all the time.'],
      reply: 'There is work on a mast near you. It ends tonight.',
    },
    {
      name: 'internet down', also: ['no internet', 'connection lost'], urgent: true,
      nouns: 'an internet outage|no internet', wants: 'get my internet back',
      says: ['(My|The) internet (is down|does not work|is dead|has been off since {weekday}).', 'There is no (connection|internet) (in my flat|at home|in the office).', 'The light on the router is red and nothing works.'],
      reply: 'Please restart the router. If it stays red, we send someone.',
    },
    {
      name: 'slow internet', also: ['low speed', 'connection too slow'], urgent: false,
      nouns: 'slow internet|the speed of my line', wants: 'get faster internet|know why my line is slow',
      says: ['(My|The) internet is (very |so |)slow (in the evening|since {weekday}|today|).', 'I pay for a fast line and get (a snail|almost nothing|half the speed).', 'Videos stop and load all the time.'],
      reply: 'I have tested your line and set it to full speed.',
    },
    {
      name: 'wifi', also: ['wireless at home', 'wifi password or range'], urgent: false,
      nouns: 'the wifi|my wifi password', wants: 'connect to the wifi|change my wifi password',
      says: ['My (laptop|phone|tablet|printer) (cannot|does not) connect to the wifi.', 'Where do I find the wifi password?', 'The wifi does not reach the (bedroom|kitchen|garden).'],
      reply: 'The wifi password is on the back of the router.',
    },
    {
      name: 'router', also: ['broken router', 'new box for internet'], urgent: false,
      nouns: 'my router|a new router', wants: 'set up the router|get a new router',
      says: ['How do I (set up|install|connect) the (new |)router?', 'The router (is broken|gets hot|turns itself off).', 'When do I get (the|my) router?'],
      reply: 'We will send you a new router.',
    },
    {
      name: 'SIM card', also: ['new SIM', 'activate a SIM or eSIM'], urgent: false,
      nouns: 'my SIM card|an eSIM', wants: 'activate my SIM|get (a new SIM|an eSIM)',
      says: ['My (new |)SIM card (does not work|is not active|is not recognised).', 'How do I get an eSIM?', 'I lost the SIM and need a new one.', 'What is the PUK of my SIM?'],
      reply: 'Your SIM is active now. Please restart the phone.',
    },
    {
      name: 'roaming', also: ['using the phone abroad', 'phone costs in other countries'], urgent: false,
      nouns: 'roaming in {country}|using my phone abroad', wants: 'use my phone in {country}|turn on roaming',
      says: ['Can I use (my phone|mobile data) in {country}?', 'What do calls cost in {country}?', 'I was in {country} and (had no data|paid a lot for roaming).'],
      reply: 'Roaming is on. In Europe it costs nothing extra.',
    },
    {
      name: 'data used up', also: ['no mobile data left', 'data volume'], urgent: false,
      nouns: 'my mobile data|more data', wants: 'buy more data|see how much data is left',
      says: ['My mobile data (is used up|is gone|ran out).', 'How much data do I have left (this month|)?', 'I need (more|another 5 GB of) data.'],
      reply: 'I have added more data for this month.',
    },
    {
      name: 'high phone bill', also: ['bill is too high', 'question about a phone bill'], urgent: false,
      nouns: 'my phone bill|a bill that is too high', wants: 'understand my phone bill',
      says: ['My (phone |)bill is (much |)(too high|higher than last month).', 'Why do I pay {amount} this month?', 'There are calls on my bill that I never made.'],
      reply: 'I have checked the bill and taken off the wrong calls.',
    },
    {
      name: 'change plan', also: ['other tariff', 'switch the contract'], urgent: false,
      nouns: 'another plan|my tariff', wants: 'change my plan|switch to a (cheaper|bigger) plan',
      says: ['I want a (cheaper|bigger|better) (plan|tariff).', 'Can I switch (my plan|to the family plan)?', 'Which plan is best for (a student|two phones|much data)?'],
      reply: 'I have switched you to the new plan from next month.',
    },
    {
      name: 'end contract', also: ['quit the phone contract', 'contract termination'], urgent: false,
      nouns: 'the end of my contract', wants: 'end my contract|quit my phone contract',
      says: ['I want to (end|quit|terminate) my (phone |internet |)contract.', 'When does my contract (end|run out)?', 'Please confirm that my contract ends in {month}.'],
      reply: 'Your contract ends at the end of the month.',
    },
    {
      name: 'keep number', also: ['take a phone number along', 'move a number from another company'], urgent: false,
      nouns: 'keeping my phone number', wants: 'keep my number|bring my old number',
      says: ['Can I keep my (old |phone |)number when I (switch|change|move)?', 'How do I bring my number from another company?', 'My number has still not been moved.'],
      reply: 'Yes, you can keep your number. It moves in three days.',
    },
    {
      name: 'phone broken', also: ['damaged phone', 'screen or battery problem'], urgent: false,
      nouns: 'my broken phone|a cracked screen', wants: 'have my phone repaired|get a new battery',
      says: ['The (screen|display) of my phone is (broken|cracked|black).', 'My phone (does not charge|gets hot|turns off).', 'The battery is empty after two hours.'],
      reply: 'Please bring the phone to one of our shops for repair.',
    },
    {
      name: 'technician visit', also: ['appointment at home', 'repair man did not come'], urgent: false,
      nouns: 'the visit of the technician|an appointment', wants: 'book a technician|move my appointment',
      says: ['The technician did not (come|show up) (today|on {weekday}).', 'When does (the|a) technician come?', 'I have to move the appointment on {weekday}.'],
      reply: 'The technician will come on Tuesday between 8 and 12.',
    },
    {
      name: 'voicemail', also: ['mailbox', 'messages on the phone'], urgent: false,
      nouns: 'my voicemail', wants: 'turn off voicemail|listen to my voicemail',
      says: ['How do I (turn off|set up|call) my voicemail?', 'My mailbox is full.', 'I cannot hear my voice messages.'],
      reply: 'Please dial 3311 to reach your voicemail.',
    },
  ],
};
