/** Reasons to write to a hotel, a railway, a power company, an insurer or an employer, in the starter world. */

import type { Field } from './intent.ts';

export const TRAVEL: Field = {
  name: 'travel',
  also: ['hotels and trains', 'trips', 'holidays'],
  intents: [
    {
      name: 'book a room', also: ['hotel booking', 'reserve a room'], urgent: false,
      nouns: 'a room|a booking', wants: 'book a room|reserve a double room for {days} nights',
      says: ['Do you have a (single|double|family) room for {weekday}?', 'I would like to book a room for (two|three) people.', 'What does a room cost for {days} nights?'],
      reply: 'Yes, we have a room. Shall I book it?',
    },
    {
      name: 'change booking', also: ['move a trip', 'other dates'], urgent: false,
      nouns: 'changing my booking|other dates', wants: 'move my trip to {weekday}|change my booking',
      says: ['Can I move my (booking|trip|flight) to {weekday}?', 'I have to change the date of my (stay|flight|ticket).', 'Please add one more person to my booking.'],
      reply: 'I have changed your booking.',
    },
    {
      name: 'cancel trip', also: ['trip cannot take place', 'cancel a booking'], urgent: false,
      nouns: 'cancelling my trip', wants: 'cancel my (trip|flight|room|booking)',
      says: ['I am ill and have to cancel my (trip|flight|stay).', 'Please cancel my booking {order}.', 'What does it cost to cancel the (room|flight)?'],
      reply: 'Your booking is cancelled. There is no cost.',
    },
    {
      name: 'lost luggage', also: ['suitcase missing', 'bag did not arrive'], urgent: true,
      nouns: 'a lost suitcase|my luggage', wants: 'report a missing bag|find my suitcase',
      says: ['My (suitcase|bag|luggage) did not (arrive|come) (in {city}|).', 'I left my (umbrella|coat|bag) (on the train|on the plane).', 'The airline lost my suitcase.'],
      reply: 'We will bring the bag to your address when we find it.',
    },
    {
      name: 'delayed train', also: ['late train or flight', 'missed connection'], urgent: true,
      nouns: 'a delay|a train that is late', wants: 'know when my train leaves|get another train',
      says: ['My (train|flight|bus) to {city} is (late|delayed|cancelled).', 'I missed my (connection|train) because of a delay.', 'When does the next (train|bus) to {city} go?'],
      reply: 'The next train leaves in twenty minutes.',
    },
    {
      name: 'room complaint', also: ['problem in the room', 'dirty or loud room'], urgent: false,
      nouns: 'my room|a loud room', wants: 'get another room',
      says: ['The room is (dirty|too loud|cold|very small).', 'The (shower|heating|television|air conditioning) in my room does not work.', 'There are no towels in the room.'],
      reply: 'I am sorry. You can have another room at once.',
    },
    {
      name: 'seat', also: ['choose a place to sit', 'seat reservation'], urgent: false,
      nouns: 'a seat|my seat reservation', wants: 'choose a seat|sit at the window',
      says: ['Can I have a seat at the window?', 'We want to sit together on the (flight|train).', 'Somebody else has my seat.'],
      reply: 'Your seat is 14 A at the window.',
    },
    {
      name: 'breakfast', also: ['food at the hotel', 'meal times'], urgent: false,
      nouns: 'breakfast|the restaurant', wants: 'have breakfast (early|in my room)|book a table',
      says: ['(When|Where) is breakfast?', 'Is breakfast included (in the price|)?', 'Do you have meals without (meat|milk|nuts)?'],
      reply: 'Breakfast is from 7 to 10 in the restaurant.',
    },
  ],
};

export const HOME: Field = {
  name: 'home',
  also: ['house and energy', 'power and water', 'living'],
  intents: [
    {
      name: 'power cut', also: ['no electricity', 'lights are out'], urgent: true,
      nouns: 'a power cut|no electricity', wants: 'report a power cut|have light again',
      says: ['(There is no|We have no) (power|electricity|light) (in our street|in {city}|since this morning).', 'The power went out.', 'All lights are off in the house.'],
      reply: 'We are repairing the line. Power will be back in an hour.',
    },
    {
      name: 'heating', also: ['house is cold', 'no warm water'], urgent: true,
      nouns: 'the heating|cold water', wants: 'have the heating repaired',
      says: ['The heating (is cold|does not work|makes a noise).', 'We have no (hot|warm) water.', 'It is freezing in the flat.'],
      reply: 'A plumber will come this afternoon.',
    },
    {
      name: 'water leak', also: ['water runs out', 'wet ceiling'], urgent: true,
      nouns: 'a leak|water on the floor', wants: 'report a leak',
      says: ['Water is (dripping|running) from the (ceiling|pipe|washing machine).', 'There is a leak in the (kitchen|bathroom|cellar).', 'The tap drips all day.'],
      reply: 'Please close the main tap. Someone will come at once.',
    },
    {
      name: 'meter reading', also: ['number on the meter', 'report energy use'], urgent: false,
      nouns: 'the meter reading|my meter', wants: 'send my meter reading',
      says: ['My meter shows {number}.', 'How do I send you the meter reading?', 'The number of my meter on the bill is wrong.'],
      reply: 'Thank you, I have saved the reading.',
    },
    {
      name: 'moving house', also: ['new flat', 'change of address'], urgent: false,
      nouns: 'moving house|my new address', wants: 'tell you my new address|move my contract',
      says: ['I am moving to {city} in {month}.', 'We have a new address from next month.', 'I move out on {weekday}, what about the contract?'],
      reply: 'I have saved your new address.',
    },
    {
      name: 'insurance claim', also: ['report damage to the insurer', 'accident'], urgent: false,
      nouns: 'a claim|an accident', wants: 'report (an accident|damage|a claim)',
      says: ['I had an accident with my (car|bike).', 'A storm broke (my window|the roof|a tree), does the insurance pay?', 'How do I report damage?', 'My claim {order} is still open.'],
      reply: 'I have opened a claim. Please send photos.',
    },
    {
      name: 'doctor appointment', also: ['visit to the doctor', 'medical date'], urgent: false,
      nouns: 'an appointment|a visit to the doctor', wants: 'make an appointment|see a doctor',
      says: ['I need an appointment (with the doctor|at the dentist) (on {weekday}|this week|).', 'Can I come on {weekday} at {time}?', 'I have to cancel my appointment on {weekday}.'],
      reply: 'You can come on Monday at nine.',
    },
    {
      name: 'sick leave', also: ['employee is ill', 'cannot come to work'], urgent: false,
      nouns: 'my sick leave', wants: 'report that I am ill',
      says: ['I am (ill|sick) and cannot come to work (today|this week).', 'My child is sick, I have to stay at home.', 'The doctor says I must rest for {days} days.'],
      reply: 'Get well soon. I have told your team.',
    },
    {
      name: 'holiday request', also: ['days off', 'vacation at work'], urgent: false,
      nouns: 'my holiday|days off', wants: 'take (a day|{days} days) off',
      says: ['Can I have {days} days off in {month}?', 'How many holidays do I have left?', 'I would like to be on holiday from {weekday}.'],
      reply: 'Your holiday has been approved.',
    },
    {
      name: 'pay slip', also: ['wages', 'question about the salary paper'], urgent: false,
      nouns: 'my pay slip|my wages', wants: 'get my pay slip|understand my pay slip',
      says: ['I did not get my pay slip for {month}.', 'My extra hours are missing (on the pay slip|in my wages).', 'Why are the taxes on my pay slip so high?'],
      reply: 'I have sent you the pay slip.',
    },
    {
      name: 'parking', also: ['place for the car', 'parking space or ticket'], urgent: false,
      nouns: 'a parking space|parking', wants: 'get a parking space|pay for parking',
      says: ['Where can I park (my car|near the office|)?', 'Somebody is parking on my place.', 'I got a parking ticket but I had paid.'],
      reply: 'You can park behind the building.',
    },
    {
      name: 'noise', also: ['loud neighbours', 'too much noise'], urgent: false,
      nouns: 'noise|my loud neighbours', wants: 'complain about noise',
      says: ['My neighbours are (so loud|playing music all night).', 'A dog barks all day next door.', 'The building site starts at {time} in the morning.'],
      reply: 'I will talk to your neighbours.',
    },
  ],
};
