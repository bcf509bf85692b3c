/** Reasons to write to an online shop, in the starter world. */

import type { Field } from './intent.ts';

export const SHOP: Field = {
  name: 'shop',
  also: ['online shop', 'shopping', 'orders and goods'],
  intents: [
    {
      name: 'late delivery', also: ['parcel is late', 'order takes too long'], urgent: false,
      nouns: 'a late delivery|a parcel that is late', wants: 'know when my parcel comes|get my order sooner',
      says: ['My (order|parcel|package) {order} is late.', 'The (delivery|shipment) should have come {days} days ago.', 'I have been waiting {days} days for my {product}.', 'The (driver|courier) never (came|rang the bell).', 'Your website said {weekday}, but the {product} (is not here|did not come).'],
      reply: 'Sorry for the delay. Your parcel should arrive in two days.',
    },
    {
      name: 'track parcel', also: ['where is the parcel', 'tracking number'], urgent: false,
      nouns: 'the tracking of my parcel|a tracking number', wants: 'track my parcel|know where my order is',
      says: ['Where is my (order|parcel|package)?', 'The tracking (number|link|page) does not work.', 'Has order {order} been (sent|shipped) (yet|already)?', 'The tracking has not changed for {days} days.'],
      reply: 'I have sent you a link to follow the parcel.',
    },
    {
      name: 'lost parcel', also: ['delivered but not received', 'parcel cannot be found'], urgent: true,
      nouns: 'a parcel that is lost|a package I never got', wants: 'report a lost parcel',
      says: ['The tracking says delivered but (I have nothing|there is no parcel|nobody gave me anything).', 'My (parcel|package) (got lost|vanished|was left at the wrong house).', 'The courier (says|claims) he gave it to a neighbour, but no one has it.'],
      reply: 'I have asked the courier to look for it. We will send a new one if needed.',
    },
    {
      name: 'damaged item', also: ['product arrived broken', 'broken on arrival'], urgent: false,
      nouns: 'a damaged {product}|a broken item', wants: 'report damage|get a new one for the broken {product}',
      says: ['The {product} arrived (broken|damaged|cracked|with scratches).', 'The box was crushed and the {product} (is broken|has a crack|does not turn on).', 'I opened the parcel and the {product} was in pieces.'],
      reply: 'I am sorry. Please send a photo and we will send a new one.',
    },
    {
      name: 'wrong item', also: ['received something else', 'not what was ordered'], urgent: false,
      nouns: 'a wrong item|the wrong {product}', wants: 'swap the wrong item|get the right {product}',
      says: ['I ordered a {product} and (got|received) (something else|a different one|the wrong colour|the wrong size).', 'You sent me the wrong {product}.', 'This is not what I ordered.'],
      reply: 'Sorry for the mix-up. The right one is on its way.',
    },
    {
      name: 'missing part', also: ['something missing in the box', 'order not complete'], urgent: false,
      nouns: 'a missing part|an order that is not complete', wants: 'get the missing part',
      says: ['There is a part missing (in the box|from my order|of the {product}).', 'I ordered (two|three|four) and only one came.', 'The (cable|manual|screws|charger) for the {product} (was|were) not in the box.'],
      reply: 'I will send the missing part today.',
    },
    {
      name: 'return', also: ['send goods back', 'return an item'], urgent: false,
      nouns: 'returning a {product}|a return', wants: 'return the {product}|send something back|get a return label',
      says: ['(How|Where) (do|can) I (return|send back) (an item|the {product}|my order)?', 'I (do not like|no longer want) the {product} and want to send it back.', 'How many days do I have to return something?', 'I need a return (label|form).'],
      reply: 'You can return it within 30 days. Here is your return label.',
    },
    {
      name: 'exchange item', also: ['other size or colour', 'swap for another size'], urgent: false,
      nouns: 'an exchange|another size', wants: 'exchange it for another (size|colour)|swap my {product}',
      says: ['The (shoes are|shirt is|jacket is|trousers are) too (small|big|tight|long), can I have (another|a different) size?', 'Can I (swap|exchange) the {product} for (a blue|a red|a black|another) one?', 'I want the same {product} in a different (size|colour).'],
      reply: 'Yes, we can exchange it. Please send the first one back.',
    },
    {
      name: 'money back', also: ['waiting for money after a return', 'repayment for returned goods'], urgent: false,
      nouns: 'the money for my return|money I should get back', wants: 'get my money back',
      says: ['I sent the {product} back {days} days ago and (have no money yet|my money is not back).', 'When do I get (my money|{amount}) back?', 'I want my money back for order {order}.', 'You promised to (pay me back|reimburse me) but nothing came.', 'Has my (repayment|refund|reimbursement) been (made|sent)?', 'Please refund {amount}, I (returned|cancelled) everything.'],
      reply: 'The money will be in your account within a week.',
    },
    {
      name: 'order cancel', also: ['stop an order', 'do not want the order any more'], urgent: true,
      nouns: 'cancelling order {order}|an order I do not want', wants: 'cancel my order|stop the order',
      says: ['Please cancel (my order|order {order}).', 'I (ordered|bought) the {product} by mistake, please stop it.', 'Can I still cancel (the order|it) before it is sent?'],
      reply: 'Your order has been cancelled.',
    },
    {
      name: 'order change', also: ['edit an order', 'change what was ordered'], urgent: false,
      nouns: 'changing my order|an order I want to edit', wants: 'change my order|add something to my order',
      says: ['Can I add (a|another) {product} to my order?', 'I picked the wrong (size|colour) in my order, please change it.', 'Please change order {order} to two pieces.'],
      reply: 'I have changed your order.',
    },
    {
      name: 'delivery address', also: ['wrong address on the parcel', 'send it to another address'], urgent: true,
      nouns: 'the address of my order|a wrong address', wants: 'change the delivery address|send it to another address',
      says: ['I (gave|typed) the wrong (address|street|house number) (for|in) my order.', 'Please send order {order} to (my office|another address|{city}).', 'I moved, can you change the address of the delivery?'],
      reply: 'The address has been changed.',
    },
    {
      name: 'delivery cost', also: ['shipping price', 'what sending costs'], urgent: false,
      nouns: 'the cost of delivery|shipping costs', wants: 'know what delivery costs',
      says: ['(How much|What) does (delivery|shipping) (cost|to {country} cost)?', 'Is (delivery|shipping) free (for {amount}|)?', 'Why is shipping so expensive?'],
      reply: 'Delivery is free for orders over 50 euros.',
    },
    {
      name: 'delivery abroad', also: ['send to another country', 'international delivery'], urgent: false,
      nouns: 'delivery to {country}|sending abroad', wants: 'get my order sent to {country}',
      says: ['Do you (deliver|ship|send) to {country}?', 'I live in {country}, can I order from you?', 'Do I pay customs for a parcel to {country}?'],
      reply: 'Yes, we deliver there in about ten days.',
    },
    {
      name: 'in stock', also: ['is it available', 'product sold out'], urgent: false,
      nouns: 'a {product} that is sold out|whether you have a {product}', wants: 'know if the {product} is in stock',
      says: ['Is the {product} (in stock|available) (in black|in blue|again|)?', 'When will the {product} be back?', 'The {product} is sold out, will you get more?'],
      reply: 'It will be back in stock next week.',
    },
    {
      name: 'product question', also: ['details of a product', 'how a product works'], urgent: false,
      nouns: 'the {product}|details of the {product}', wants: 'know more about the {product}',
      says: ['(How big|How heavy|How loud) is the {product}?', 'Does the {product} work (with|without) (a battery|my phone|water)?', 'Which {product} is good for (a child|a small room|travel)?', 'What is the {product} made of?'],
      reply: 'You can find all details on the page of the product.',
    },
    {
      name: 'warranty', also: ['guarantee', 'repair after some time'], urgent: false,
      nouns: 'the warranty|a repair under guarantee', wants: 'have my {product} repaired|use the warranty',
      says: ['My {product} broke after {days} months, is it still under (warranty|guarantee)?', 'How long is the (warranty|guarantee) (on|of) the {product}?', 'The {product} stopped working, can you repair it?'],
      reply: 'The warranty is two years, so we will repair it.',
    },
    {
      name: 'discount code', also: ['voucher', 'coupon does not work'], urgent: false,
      nouns: 'a discount code|a voucher', wants: 'use my (voucher|coupon|discount code)',
      says: ['My (discount|coupon|voucher) code (does not work|is not accepted|has expired).', 'I forgot to (enter|use) my voucher.', 'Do you have a (discount|coupon) for (students|new customers)?'],
      reply: 'I have added the discount to your order.',
    },
    {
      name: 'gift card', also: ['present card', 'gift voucher balance'], urgent: false,
      nouns: 'a gift card|my gift card', wants: 'buy a gift card|use a gift card|see what is left on my gift card',
      says: ['How do I use my gift card?', 'The code of my gift card is (not valid|scratched off|wrong).', 'How much is left on the gift card?', 'Can I buy a gift card for {amount}?'],
      reply: 'You can enter the gift card when you pay.',
    },
    {
      name: 'ways to pay', also: ['payment methods', 'how one can pay'], urgent: false,
      nouns: 'ways to pay|paying by invoice', wants: 'pay (by invoice|in parts|cash|with a card)',
      says: ['(How|With what) can I pay (in your shop|for my order|)?', 'Do you (take|accept) (credit cards|cash|PayPal|bank transfer)?', 'Can I pay (later|in parts|by invoice)?'],
      reply: 'You can pay by card, by invoice or by bank transfer.',
    },
    {
      name: 'payment at checkout', also: ['cannot pay in the shop', 'checkout fails'], urgent: false,
      nouns: 'a payment that fails at checkout|the checkout', wants: 'finish my purchase|pay for my basket',
      says: ['I cannot (pay|finish) (my order|at checkout), it (shows an error|stops|loads forever).', 'The checkout (does not work|hangs|throws me out).', 'When I press pay nothing happens.'],
      reply: 'Please try another browser or another way to pay.',
    },
    {
      name: 'invoice copy', also: ['need a bill', 'receipt for a purchase'], urgent: false,
      nouns: 'an invoice|a receipt for my order', wants: 'get (an invoice|a receipt) for order {order}',
      says: ['I need (an invoice|a receipt|a bill) for (my order|order {order}|my taxes).', 'Please send me the invoice (again|by e-mail|).', 'The invoice shows (the wrong name|no tax|the old address).'],
      reply: 'I have sent the invoice to your e-mail address.',
    },
    {
      name: 'newsletter', also: ['too many advertising mails', 'unsubscribe'], urgent: false,
      nouns: 'your newsletter|your advertising mails', wants: 'stop the newsletter|unsubscribe',
      says: ['Please (stop|end) sending me (e-mails|advertising|your newsletter).', 'I get (too many|three|daily) mails from you.', 'How do I unsubscribe?'],
      reply: 'You will not get any more newsletters.',
    },
    {
      name: 'product review', also: ['rating a product', 'feedback on a purchase'], urgent: false,
      nouns: 'a review|my rating', wants: 'write a review|change my rating',
      says: ['Where can I (write|leave) a review?', 'My review of the {product} was deleted.', 'The reviews for the {product} look fake.'],
      reply: 'You can leave a review on the page of the product.',
    },
  ],
};
