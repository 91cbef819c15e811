/**
 * Every word on our pages, in English and German, chosen by the browser's languages. Pure but for
 * `applyTexts`.
 *
 * A text has places for values, as in "{count} seats". One that depends on a number is an object
 * with a text for each plural form, chosen by the value `count`. Both languages have the same keys.
 */

/** @typedef {string | {one: string, other: string}} Text */
/** @typedef {Readonly<Record<string, string | number>>} Values */

/** @type {Readonly<Record<'en' | 'de', Readonly<Record<string, Text>>>>} */
export const TEXTS = Object.freeze({
  en: {
    'page.home': 'All shows',
    'page.close': 'Close',
    'page.no_show_address': 'This address names no show.',

    'missing.title': 'There is no such page',
    'missing.words': 'The address may be mistyped, or what it named is gone.',

    'shows.title': 'Shows',
    'shows.loading': 'Loading the shows…',
    'shows.none': 'There are no shows yet.',
    'shows.failed': 'The shows could not be loaded.',
    'shows.again': 'Try again',
    'shows.seats': { one: '{count} seat', other: '{count} seats' },
    'shows.from': 'from {price}',

    'status.scheduled': 'Not on sale yet',
    'status.on_sale': 'On sale',
    'status.paused': 'Sales are paused',
    'status.postponed': 'Postponed',
    'status.cancelled': 'Cancelled',
    'status.closed': 'Sales have ended',

    'banner.scheduled': 'Tickets are not on sale yet. You can look at the seats already.',
    'banner.paused': 'Sales are paused: no new seats for now.',
    'banner.postponed': 'This show is postponed: no new seats for now.',
    'banner.cancelled': 'This show is cancelled. Seats that were held have been given back.',
    'banner.closed': 'Sales for this show have ended: no new seats.',
    'banner.unknown': 'No new seats for now.',
    'banner.kept': 'Seats you hold stay yours until their time is over and can be booked.',

    'fresh.live': 'Live',
    'fresh.catching_up': 'Catching up…',
    'fresh.stale': 'Stale since {time}',
    'fresh.never': 'Not connected',

    'seat.available': 'Free',
    'seat.held': 'Held by somebody else',
    'seat.booked': 'Booked',
    'seat.blocked': 'Not on sale',
    'seat.yours': 'Held for you',
    'seat.yours_booked': 'Booked by you',
    'seat.changing': 'Asking for this seat…',
    'seat.unknown': 'Waiting for the seats…',
    'seat.last_known': 'Last known: {status}',

    'plan.row': 'Row {row}',
    'plan.seat': 'Seat {seat}',
    'plan.seats': { one: '{count} seat', other: '{count} seats' },
    'plan.the_seat': 'The seat',
    'plan.and_more': { one: '{names} and {count} more', other: '{names} and {count} more' },

    'map.loading': 'Loading the seating plan…',
    'map.zoom_in': 'Zoom in',
    'map.zoom_out': 'Zoom out',
    'map.fit': 'Show the whole plan',
    'map.label': 'Seating plan of {title}: {free} of {count} seats free',
    'map.section': '{free} of {count} free',
    'map.section_yours': { one: '{count} held for you', other: '{count} held for you' },
    'map.keys':
      'Arrow keys go from seat to seat, Enter chooses a seat or gives it back, plus and minus ' +
      'zoom, 0 shows the whole plan.',

    'sign.yours': 'Yours',
    'sign.held': 'Held by others',
    'sign.booked': 'Booked',
    'sign.blocked': 'Not on sale',

    'legend.title': 'Prices and signs',

    'view.switch': 'How the seats are shown',
    'view.map': 'Map',
    'view.list': 'List',

    'list.label': 'Seats by section and row',
    'list.hint': 'Arrow keys move, right opens, left closes, Enter holds or gives back a seat.',
    'list.whole': 'All seats',
    'list.no_row': 'Seats',
    'list.free': { one: '{count} of {all} free', other: '{count} of {all} free' },
    'list.none_free': 'none free',
    'list.not_known': 'not known yet',
    'list.summary': { one: '{count} seat free.', other: '{count} seats free.' },
    'list.summary_stale': 'Not live: seats may have changed since {time}.',
    'list.summary_waiting': 'Waiting for the seats.',

    'basket.title': 'Your seats',
    'basket.adding': 'Asking for this seat…',
    'basket.removing': 'Giving back…',
    'basket.time_left': 'Time left',
    'basket.time_over': 'Time is over',
    'basket.alarm': 'Your seats are given back in {time}. You can get more time.',
    'basket.soon': 'Only {time} left.',
    'basket.hold_on': 'Get more time',
    'basket.extend': 'More time',
    'basket.release': 'Give all back',
    'basket.book': 'Book',
    'basket.busy_extend': 'Asking…',
    'basket.busy_release': 'Giving back…',
    'basket.busy_book': 'Booking…',
    'basket.total': { one: '{count} seat', other: '{count} seats' },
    'basket.remove': 'Give back {seat}',
    'basket.hint': {
      one: 'Choose free seats to hold them for {time}, at most one. Choose it again to give it back.',
      other:
        'Choose free seats to hold them for {time}, at most {count}. Choose one again to give it back.',
    },
    'basket.said_held': {
      one: '{names} held for you. {count} seat, {total}.',
      other: '{names} held for you. {count} seats, {total}.',
    },
    'basket.said_returned': 'Given back: {names}.',
    'basket.said_waiting':
      '{names}: waiting for the connection. Choose again to take that back.',
    'basket.said_taken_back': 'Taken back: {names}.',
    'basket.closed': 'No new seats can be held at the moment.',
    'basket.still_yours': 'You can still book these seats.',
    'basket.prices_kept': 'Prices have changed. Your seats keep theirs.',
    'basket.prices_unknown':
      'The total is what these seats cost when you chose them. The price of each is not known ' +
      'here any more.',
    'basket.waiting': 'Waiting for the connection…',
    'basket.booked': 'Booked',
    'basket.see_booking': 'Show the booking',
    'basket.dismiss': 'Choose more seats',

    'notice.seat_held': '{names} is held by somebody else. It comes back if they do not book it.',
    'notice.seat_booked': '{names} is booked.',
    'notice.seat_blocked': '{names} is not on sale.',
    'notice.booking_cancelled': 'Your booking {booking} was cancelled by the box office.',
    'notice.released': 'No longer held for you: {names}.',
    'notice.show_cancelled': 'The show was cancelled, and with it your hold: {names}.',
    'notice.expired': 'Your time is over: {names}. Choose again what is still free.',
    'notice.hold_ended': 'Your hold has ended: {names}. Choose again what is still free.',
    'notice.faster': 'Somebody else was faster: {names}.',
    'notice.nearest': { one: 'The nearest free seat:', other: 'The nearest free seats:' },
    'notice.take': 'Take {seat} instead',
    'notice.none_near': 'There are no other free seats.',
    'notice.hold_limit': {
      one: 'You can hold one seat at a time.',
      other: 'You can hold at most {count} seats at a time.',
    },
    'notice.hold_limit_unknown': 'You cannot hold more seats at a time.',
    'notice.not_connected':
      'The connection has not come back yet, so nothing was changed. Please try again when the ' +
      'map is live.',
    'notice.unknown_outcome':
      'No answer yet about {names}. What is shown here is checked with the server again.',
    'notice.unauthorized': 'Your session was over; a new one has begun. Please try again.',
    'notice.busy': 'The server is busy and nothing was changed. Please try again in a moment.',
    'notice.hold_failed': 'The seat could not be held.',
    'notice.release_failed': 'The seats could not be given back.',
    'notice.extend_failed': 'The time could not be extended.',
    'notice.book_failed': 'The booking was not made.',
    'notice.extended_most': 'This is all the time there is for these seats.',

    'problem.no_show': 'This show cannot be found.',
    'problem.no_plan': 'The seating plan could not be loaded. Trying again…',
    'problem.bad_plan': 'The seating plan cannot be drawn. {words}',
    'problem.closed': 'The server has ended this connection. Reload the page to try again.',

    'booking.title': 'Your booking',
    'booking.loading': 'Loading your booking…',
    'booking.confirmed': 'Booked',
    'booking.cancelled': 'This booking was cancelled. Its seats have been given back.',
    'booking.show_cancelled': 'This show is cancelled.',
    'booking.show_postponed': 'This show is postponed. Your seats stay booked.',
    'booking.reference': 'Reference',
    'booking.number': 'Booking number',
    'booking.made': 'Booked on {time}',
    'booking.qr': 'QR code of your booking reference',
    'booking.qr_failed': 'The QR code could not be loaded. The reference says the same.',
    'booking.at_door': 'Show this code at the door.',
    'booking.seats': 'Seats',
    'booking.total': 'Total',
    'booking.calendar': 'Add to calendar',
    'booking.calendar_failed': 'The calendar file could not be loaded. Please try again.',
    'booking.print': 'Print',
    'booking.more': 'Choose more seats',
    'booking.not_found':
      'This booking cannot be shown here. Open it in the browser it was made with.',
    'booking.failed': 'Your booking could not be loaded. Trying again…',
    'booking.bad_address': 'This address names no booking.',

    'kiosk.begin': 'Touch to begin',
    'kiosk.look': 'Touch to see the seats',
    'kiosk.price': 'per seat',
    'kiosk.free': { one: 'seat free', other: 'seats free' },
    'kiosk.leave': 'Start over',
    'kiosk.done': 'Done',
    'kiosk.ok': 'OK',
    'kiosk.hint': {
      one: 'Touch a free seat. You can take one.',
      other: 'Touch the seats you want, up to {count}.',
    },
    'kiosk.booked': 'Booked. Enjoy the show!',
    'kiosk.code_coming': 'Your code is on its way…',
    'kiosk.back_in': {
      one: 'This screen is free again in {count} second.',
      other: 'This screen is free again in {count} seconds.',
    },
    'kiosk.still_there': 'Are you still there?',
    'kiosk.idle_hint': 'Otherwise your seats are given back.',
    'kiosk.stay': 'Yes, go on',
    'kiosk.news_start': 'New time',
    'kiosk.news_message': 'Please note',
    'kiosk.news_prices': 'New prices',
    'kiosk.news_on_sale': 'Tickets are on sale now.',
    'kiosk.prices_kept': 'Seats you have chosen already keep their price.',
    'kiosk.setup': 'Set up this kiosk',
    'kiosk.setup_hint': 'Enter the device token from the box office. It stays on this device.',
    'kiosk.token': 'Device token',
    'kiosk.setup_done': 'Start the kiosk',
    'kiosk.not_a_device': 'This is not the token of a kiosk.',
    'kiosk.refused': 'The server no longer takes this device’s token. Enter a new one.',

    'admin.title': 'Box office',
    'admin.all_shows': 'All shows',
    'admin.sign_in': 'Sign in',
    'admin.sign_in_hint': 'With a token for staff. It stays in this tab only.',
    'admin.token': 'Token',
    'admin.sign_out': 'Sign out',
    'admin.not_staff':
      'This token has the role {role}. The box office needs one for staff or admin.',
    'admin.refused': 'The server does not take this token (any more). Ask for a new one.',
    'admin.role_staff': 'Staff',
    'admin.role_admin': 'Admin',
    'admin.new_show': 'New show from a plan',
    'admin.loading': 'Loading…',
    'admin.select_by': 'Choose seats by',
    'admin.by_click': 'Single seats',
    'admin.by_rectangle': 'Rectangle',
    'admin.by_row': 'Rows',
    'admin.chosen': { one: '{count} seat chosen', other: '{count} seats chosen' },
    'admin.clear': 'Choose none',
    'admin.panels': 'Panels',
    'admin.sales': 'Live',
    'admin.seats': 'Seats',
    'admin.change': 'Show',
    'admin.booked': 'sold',
    'admin.held': 'held',
    'admin.available': 'free',
    'admin.blocked': 'blocked',
    'admin.revenue': 'revenue',
    'admin.watching': 'watching',
    'admin.by_category': 'By category',
    'admin.bookings_by_minute': 'Bookings a minute, last hour',
    'admin.hour': {
      one: '{count} booking in the last hour, {last} in the last minute',
      other: '{count} bookings in the last hour, {last} in the last minute',
    },
    'admin.lapsing': 'Holds about to lapse',
    'admin.no_holds': 'Nothing is held.',
    'admin.look': 'Show on the map',
    'admin.watchers': { one: '{count} screen watching', other: '{count} screens watching' },
    'admin.no_watchers': 'Nobody is watching.',
    'admin.refusals': 'Refusals since the start',
    'admin.no_refusals': 'None.',
    'admin.refusal_seats_taken': 'Somebody was faster',
    'admin.refusal_hold_limit': 'Too many seats',
    'admin.refusal_show_closed': 'Not on sale',
    'admin.refusal_hold_gone': 'Time was over',
    'admin.refusal_rate_limited': 'Too many requests',
    'admin.refusal_unavailable': 'Not available',
    'admin.refusal_forbidden': 'Not allowed',
    'admin.refusal_unauthorized': 'No valid token',
    'admin.refusal_bad_message': 'Not understood',
    'admin.refusal_not_found': 'Not found',
    'admin.refusal_unknown_outcome': 'Outcome unknown',
    'admin.refusal_too_large': 'Too large',
    'admin.choose': 'Choose seats on the map: one by one, by rectangle, or by row.',
    'admin.label': 'Label',
    'admin.category': 'Category',
    'admin.holder': 'Holder',
    'admin.hold': 'Hold',
    'admin.booking': 'Booking',
    'admin.reason': 'Reason',
    'admin.release': 'Release the hold',
    'admin.release_title': 'Release this hold?',
    'admin.release_words': {
      one: 'Its seat becomes free at once. This cannot be undone.',
      other: 'Its {count} seats become free at once. This cannot be undone.',
    },
    'admin.released': 'The hold is released.',
    'admin.cancel': 'Cancel the booking',
    'admin.cancel_title': 'Cancel this booking?',
    'admin.cancel_words': {
      one: 'Its seat goes back on sale. This cannot be undone.',
      other: 'Its {count} seats go back on sale. This cannot be undone.',
    },
    'admin.cancelled': 'The booking is cancelled.',
    'admin.block': { one: 'Block {count} free seat', other: 'Block {count} free seats' },
    'admin.unblock': { one: 'Unblock {count} seat', other: 'Unblock {count} seats' },
    'admin.blocked_done': {
      one: '{count} seat is off sale.',
      other: '{count} seats are off sale.',
    },
    'admin.unblocked_done': {
      one: '{count} seat is back on sale.',
      other: '{count} seats are back on sale.',
    },
    'admin.status': 'Status',
    'admin.starts_at': 'Start (your time, {zone})',
    'admin.start': 'Start',
    'admin.message': 'Message to everybody',
    'admin.prices': 'Prices in {currency}',
    'admin.preview': 'See what it does…',
    'admin.preview_title': 'Send this change?',
    'admin.effects': 'What it does',
    'admin.back': 'Back',
    'admin.send': { one: 'Send to {count} screen', other: 'Send to {count} screens' },
    'admin.reached': {
      one: 'Sent. {count} screen shows it.',
      other: 'Sent. {count} screens show it.',
    },
    'admin.no_change': 'Nothing is different yet.',
    'admin.effect_no_holds': 'No seats are held right now.',
    'admin.effect_holds_end': {
      one: '{count} open hold ({seats}) ends at once.',
      other: '{count} open holds ({seats}) end at once.',
    },
    'admin.effect_holds_stay': {
      one: '{count} open hold ({seats}) lives on and can still be booked.',
      other: '{count} open holds ({seats}) live on and can still be booked.',
    },
    'admin.effect_no_new': 'No new seats can be held.',
    'admin.effect_prices': 'Seats that are held keep their old price.',
    'admin.effect_bookings': {
      one: '{count} booking stays as it is.',
      other: '{count} bookings stay as they are.',
    },
    'admin.effect_watchers': {
      one: '{count} screen shows it at once.',
      other: '{count} screens show it at once.',
    },
    'admin.drop': 'Drop a seating plan here',
    'admin.choose_file': 'Choose a file',
    'admin.drop_hint': 'JSON in the pretix format. Nothing is stored before you say so.',
    'admin.plan_forbidden':
      'Only the role admin may add venues and shows. Sign in with such a token.',
    'admin.plan_checking': 'Checking {file}…',
    'admin.plan_too_large': 'This file is larger than 32 MB.',
    'admin.plan_good': {
      one: '{name}: {count} seat, nothing to complain about.',
      other: '{name}: {count} seats, nothing to complain about.',
    },
    'admin.plan_bad': {
      one: 'This plan has {count} fault and cannot go on sale. Mend it and drop the file again.',
      other:
        'This plan has {count} faults and cannot go on sale. Mend them and drop the file again.',
    },
    'admin.venue': 'Venue',
    'admin.show_title': 'Title of the show',
    'admin.currency': 'Currency',
    'admin.category_prices': 'Prices',
    'admin.create': 'Create venue and show',
    'admin.created': '{title} is there.',
    'admin.failed': 'This was not done. {words}',
    'admin.failed_offline': 'The server cannot be reached. Check the connection and try again.',
    'admin.failed_forbidden': 'Your role may not do this.',
    'admin.failed_hold_gone': 'This hold has ended already.',
    'admin.failed_seats_taken': 'Some of these seats are not free any more. Nothing was changed.',
    'admin.seats_taken': 'Not free any more: {names}. Nothing was changed.',
    'admin.failed_unauthorized':
      'Your token is not valid any more. Sign in again; what you typed is still here.',
    'admin.not_token': 'This is not a token. Paste it whole, with its two dots.',
    'admin.expired':
      'Your token has expired. Sign in with a new one; what you typed is still here.',
    'admin.again': 'Try again',
    'admin.no_figures': 'The figures cannot be loaded. The page keeps trying.',
    'admin.figures_old':
      'These figures are of {time}: the server cannot be reached. The page keeps trying.',
    'admin.blocked_for': 'Blocked for',
    'admin.blocked_before': 'Somebody else had blocked before: {seats}.',
    'admin.blocked_because': '{names} (“{reason}”)',
    'admin.blocked_silently': '{names} (without a reason)',
    'admin.choose_one': 'To release a hold or cancel a booking, choose one of its seats alone.',
    'admin.too_many': 'At most {count} seats can be blocked or unblocked at once. Choose fewer.',
    'admin.release_told': '{holder} is told.',
    'admin.hold_booked':
      'Nothing was released: this hold has been booked meanwhile. Cancel the booking instead.',
    'admin.cancelled_already': 'Somebody else has cancelled this booking already.',
    'admin.failed_unknown_outcome':
      'No answer came, so it is not known whether this was done. Look before you try again; ' +
      'what you typed is still here.',
    'admin.changed_meanwhile':
      'Nothing was sent: somebody else has changed the same meanwhile. Look again at what your ' +
      'change would do.',
    'admin.cancel_show_title': 'Cancel this show?',
    'admin.cancel_show': {
      one: 'Cancel the show, tell {count} screen',
      other: 'Cancel the show, tell {count} screens',
    },
    'admin.effect_holds_lost': 'They do not come back, even if the show goes on sale again.',
    'admin.effect_on_sale': 'Free seats can be held and booked.',
    'admin.effect_bookings_refund': {
      one:
        '{count} booking stays as it is; its page says that the show is cancelled. The refund ' +
        'is yours to make.',
      other:
        '{count} bookings stay as they are; their pages say that the show is cancelled. Refunds ' +
        'are yours to make.',
    },
    'admin.bad_price': 'This is no price, or too high a one. Write it like 12 or 12.50.',
    'admin.bad_starts_at': 'This is no date and time.',
    'admin.bad_currency': 'Three letters, such as EUR.',
    'admin.plan_empty': '{file} is empty. Export the plan again.',
    'admin.plan_unreadable': '{file} cannot be read. Drop a file, not a folder.',
    'admin.plan_sellable': {
      one: '{name}: {count} seat. It can go on sale.',
      other: '{name}: {count} seats. It can go on sale.',
    },
    'admin.plan_overlaps': {
      one:
        'But {count} seat stands on another one, where nobody can click it. It is marked on the ' +
        'picture.',
      other:
        'But {count} seats stand on others, where nobody can click them. They are marked on the ' +
        'picture.',
    },
    'admin.plan_overlap': 'Seat {label} stands on seat {other}',
    'admin.plan_marked':
      'What has a place is marked on the picture; press it in the list to go there.',
    'admin.plan_more': 'Only the first {count} are listed.',
    'admin.failed_unavailable':
      'The server cannot do this at the moment. Nothing was changed; try again in a moment.',
    'admin.failed_rate_limited': 'Too much at once. Nothing was changed; try again in a moment.',
    'admin.failed_not_found': 'This is not there (any more). Go back to all shows and look again.',
    'admin.failed_too_large': 'This is larger than the server takes.',
    'admin.failed_internal':
      'The server has made a mistake; its log says more. Look before you try again.',

    'plan_fault.not_json':
      'The file is not valid JSON. Look at line {line}, column {column}: what stands there, or ' +
      'is missing, breaks it.',
    'plan_fault.no_seats': 'The plan has no seats',
    'plan_fault.category_twice': 'The category “{name}” is declared already at categories[{first}]',
    'plan_fault.category_unknown': {
      one: 'The category “{name}” is not declared: {count} seat, {first}',
      other: 'The category “{name}” is not declared: {count} seats, first {first}',
    },
    'plan_fault.seat_twice': 'The seat “{label}” stands already at {first}',
    'plan_fault.labels_alike': '{count} seats would be called “{label}”: name the zones apart',
    'plan_fault.shape_missing': 'This key is missing: the shape is “{shape}”',
    'plan_fault.too_many_parts': 'The plan has more than {most} {parts}',
    'plan_fault.missing': 'This key is missing',
    'plan_fault.extra_forbidden': 'The format has no such key',
    'plan_fault.dict_type': 'This should be an object',
    'plan_fault.list_type': 'This should be an array',
    'plan_fault.string_type': 'This should be a text',
    'plan_fault.float_type': 'This should be a number',
    'plan_fault.finite_number': 'This should be a finite number',
    'plan_fault.multiple_of': 'This should be a whole number',
    'plan_fault.greater_than_equal': 'This should be {ge} or more',
    'plan_fault.less_than_equal': 'This should be {le} or less',
    'plan_fault.string_too_short': 'This should not be empty',
    'plan_fault.string_too_long': 'This should have at most {max_length} characters',
    'plan_fault.too_long': 'This should have at most {max_length} items',
    'plan_fault.too_many_keys': 'This should have at most {max} keys',
    'plan_fault.literal_error': 'This should be one of {expected}',
    'plan_fault.color': 'This should be a CSS colour, such as #7f4a91',
    'plan_fault.string_pattern_mismatch': 'This should not contain the character NUL',
    'plan_fault.string_unicode': 'This should be valid Unicode',
  },

  de: {
    'page.home': 'Alle Vorstellungen',
    'page.close': 'Schließen',
    'page.no_show_address': 'Diese Adresse nennt keine Vorstellung.',

    'missing.title': 'Diese Seite gibt es nicht',
    'missing.words':
      'Die Adresse ist vielleicht vertippt, oder was sie nannte, gibt es nicht mehr.',

    'shows.title': 'Vorstellungen',
    'shows.loading': 'Vorstellungen werden geladen…',
    'shows.none': 'Es gibt noch keine Vorstellungen.',
    'shows.failed': 'Die Vorstellungen konnten nicht geladen werden.',
    'shows.again': 'Noch einmal versuchen',
    'shows.seats': { one: '{count} Platz', other: '{count} Plätze' },
    'shows.from': 'ab {price}',

    'status.scheduled': 'Noch nicht im Verkauf',
    'status.on_sale': 'Im Verkauf',
    'status.paused': 'Verkauf unterbrochen',
    'status.postponed': 'Verschoben',
    'status.cancelled': 'Abgesagt',
    'status.closed': 'Verkauf beendet',

    'banner.scheduled': 'Der Verkauf hat noch nicht begonnen. Die Plätze sind schon zu sehen.',
    'banner.paused': 'Der Verkauf ist unterbrochen: Zurzeit gibt es keine neuen Plätze.',
    'banner.postponed': 'Diese Vorstellung ist verschoben: Zurzeit gibt es keine neuen Plätze.',
    'banner.cancelled': 'Diese Vorstellung ist abgesagt. Reservierte Plätze sind wieder frei.',
    'banner.closed': 'Der Verkauf für diese Vorstellung ist beendet: Es gibt keine neuen Plätze.',
    'banner.unknown': 'Zurzeit gibt es keine neuen Plätze.',
    'banner.kept':
      'Was Sie reserviert haben, bleibt Ihnen, bis die Zeit abläuft, und lässt sich buchen.',

    'fresh.live': 'Live',
    'fresh.catching_up': 'Wird aktualisiert…',
    'fresh.stale': 'Veraltet seit {time}',
    'fresh.never': 'Nicht verbunden',

    'seat.available': 'Frei',
    'seat.held': 'Gerade von jemand anderem reserviert',
    'seat.booked': 'Gebucht',
    'seat.blocked': 'Nicht im Verkauf',
    'seat.yours': 'Für Sie reserviert',
    'seat.yours_booked': 'Von Ihnen gebucht',
    'seat.changing': 'Platz wird angefragt…',
    'seat.unknown': 'Warten auf die Plätze…',
    'seat.last_known': 'Zuletzt bekannt: {status}',

    'plan.row': 'Reihe {row}',
    'plan.seat': 'Platz {seat}',
    'plan.seats': { one: '{count} Platz', other: '{count} Plätze' },
    'plan.the_seat': 'Der Platz',
    'plan.and_more': { one: '{names} und {count} weiterer', other: '{names} und {count} weitere' },

    'map.loading': 'Saalplan wird geladen…',
    'map.zoom_in': 'Vergrößern',
    'map.zoom_out': 'Verkleinern',
    'map.fit': 'Ganzen Plan zeigen',
    'map.label': 'Saalplan für {title}: {free} von {count} Plätzen frei',
    'map.section': '{free} von {count} frei',
    'map.section_yours': { one: '{count} für Sie reserviert', other: '{count} für Sie reserviert' },
    'map.keys':
      'Pfeiltasten gehen von Platz zu Platz, Eingabe wählt einen Platz oder gibt ihn zurück, ' +
      'plus und minus vergrößern und verkleinern, 0 zeigt den ganzen Plan.',

    'sign.yours': 'Ihre Plätze',
    'sign.held': 'Von anderen reserviert',
    'sign.booked': 'Gebucht',
    'sign.blocked': 'Nicht im Verkauf',

    'legend.title': 'Preise und Zeichen',

    'view.switch': 'Darstellung der Plätze',
    'view.map': 'Plan',
    'view.list': 'Liste',

    'list.label': 'Plätze nach Bereich und Reihe',
    'list.hint':
      'Pfeiltasten bewegen, rechts öffnet, links schließt, Eingabe reserviert einen Platz oder ' +
      'gibt ihn zurück.',
    'list.whole': 'Alle Plätze',
    'list.no_row': 'Plätze',
    'list.free': { one: '{count} von {all} frei', other: '{count} von {all} frei' },
    'list.none_free': 'keiner frei',
    'list.not_known': 'noch nicht bekannt',
    'list.summary': { one: '{count} Platz frei.', other: '{count} Plätze frei.' },
    'list.summary_stale': 'Nicht live: Plätze können sich seit {time} geändert haben.',
    'list.summary_waiting': 'Warten auf die Plätze.',

    'basket.title': 'Ihre Plätze',
    'basket.adding': 'Platz wird angefragt…',
    'basket.removing': 'Wird zurückgegeben…',
    'basket.time_left': 'Verbleibende Zeit',
    'basket.time_over': 'Zeit abgelaufen',
    'basket.alarm': 'Ihre Plätze werden in {time} wieder frei. Sie können die Zeit verlängern.',
    'basket.soon': 'Nur noch {time}.',
    'basket.hold_on': 'Zeit verlängern',
    'basket.extend': 'Mehr Zeit',
    'basket.release': 'Alle freigeben',
    'basket.book': 'Buchen',
    'basket.busy_extend': 'Wird angefragt…',
    'basket.busy_release': 'Wird zurückgegeben…',
    'basket.busy_book': 'Wird gebucht…',
    'basket.total': { one: '{count} Platz', other: '{count} Plätze' },
    'basket.remove': '{seat} zurückgeben',
    'basket.hint': {
      one:
        'Wählen Sie einen freien Platz: Er bleibt {time} lang für Sie reserviert. ' +
        'Noch einmal gewählt, wird er wieder frei.',
      other:
        'Wählen Sie freie Plätze, höchstens {count}: Sie bleiben {time} lang für Sie reserviert. ' +
        'Noch einmal gewählt, wird ein Platz wieder frei.',
    },
    'basket.said_held': {
      one: 'Für Sie reserviert: {names}. {count} Platz, {total}.',
      other: 'Für Sie reserviert: {names}. {count} Plätze, {total}.',
    },
    'basket.said_returned': 'Zurückgegeben: {names}.',
    'basket.said_waiting':
      '{names}: wartet auf die Verbindung. Noch einmal gewählt, wird es zurückgenommen.',
    'basket.said_taken_back': 'Zurückgenommen: {names}.',
    'basket.closed': 'Zurzeit können keine neuen Plätze reserviert werden.',
    'basket.still_yours': 'Diese Plätze können Sie noch buchen.',
    'basket.prices_kept': 'Es gibt neue Preise. Ihre Plätze behalten den alten.',
    'basket.prices_unknown':
      'Die Summe ist der Preis dieser Plätze, als Sie sie gewählt haben. Was jeder einzelne ' +
      'kostet, ist hier nicht mehr bekannt.',
    'basket.waiting': 'Warten auf die Verbindung…',
    'basket.booked': 'Gebucht',
    'basket.see_booking': 'Buchung ansehen',
    'basket.dismiss': 'Weitere Plätze wählen',

    'notice.seat_held':
      '{names} ist gerade von jemand anderem reserviert. Ohne Buchung wird der Platz wieder frei.',
    'notice.seat_booked': '{names} ist gebucht.',
    'notice.seat_blocked': '{names} ist nicht im Verkauf.',
    'notice.booking_cancelled': 'Ihre Buchung {booking} wurde von der Kasse storniert.',
    'notice.released': 'Nicht mehr für Sie reserviert: {names}.',
    'notice.show_cancelled': 'Die Vorstellung wurde abgesagt und damit Ihre Reservierung: {names}.',
    'notice.expired': 'Ihre Zeit ist abgelaufen: {names}. Wählen Sie neu, was noch frei ist.',
    'notice.hold_ended':
      'Ihre Reservierung ist beendet: {names}. Wählen Sie neu, was noch frei ist.',
    'notice.faster': 'Jemand anderes war schneller: {names}.',
    'notice.nearest': { one: 'Der nächste freie Platz:', other: 'Die nächsten freien Plätze:' },
    'notice.take': '{seat} nehmen',
    'notice.none_near': 'Es gibt keine anderen freien Plätze.',
    'notice.hold_limit': {
      one: 'Sie können nur einen Platz gleichzeitig reservieren.',
      other: 'Sie können höchstens {count} Plätze gleichzeitig reservieren.',
    },
    'notice.hold_limit_unknown': 'Mehr Plätze können Sie nicht gleichzeitig reservieren.',
    'notice.not_connected':
      'Die Verbindung ist noch nicht wieder da, es wurde nichts geändert. Bitte versuchen Sie es ' +
      'noch einmal, sobald der Plan wieder live ist.',
    'notice.unknown_outcome':
      'Noch keine Antwort zu {names}. Was hier steht, wird noch einmal beim Server erfragt.',
    'notice.unauthorized':
      'Ihre Sitzung war abgelaufen, eine neue hat begonnen. Bitte versuchen Sie es noch einmal.',
    'notice.busy':
      'Der Server ist ausgelastet, es wurde nichts geändert. Bitte versuchen Sie es gleich wieder.',
    'notice.hold_failed': 'Der Platz konnte nicht reserviert werden.',
    'notice.release_failed': 'Die Plätze konnten nicht zurückgegeben werden.',
    'notice.extend_failed': 'Die Zeit konnte nicht verlängert werden.',
    'notice.book_failed': 'Es wurde nicht gebucht.',
    'notice.extended_most': 'Mehr Zeit gibt es für diese Plätze nicht.',

    'problem.no_show': 'Diese Vorstellung gibt es nicht.',
    'problem.no_plan': 'Der Saalplan konnte nicht geladen werden. Neuer Versuch…',
    'problem.bad_plan': 'Der Saalplan kann nicht gezeichnet werden. {words}',
    'problem.closed':
      'Der Server hat diese Verbindung beendet. Laden Sie die Seite neu, um es zu versuchen.',

    'booking.title': 'Ihre Buchung',
    'booking.loading': 'Ihre Buchung wird geladen…',
    'booking.confirmed': 'Gebucht',
    'booking.cancelled': 'Diese Buchung wurde storniert. Ihre Plätze sind wieder frei.',
    'booking.show_cancelled': 'Diese Vorstellung ist abgesagt.',
    'booking.show_postponed': 'Diese Vorstellung ist verschoben. Ihre Plätze bleiben gebucht.',
    'booking.reference': 'Referenz',
    'booking.number': 'Buchungsnummer',
    'booking.made': 'Gebucht am {time}',
    'booking.qr': 'QR-Code Ihrer Buchungsreferenz',
    'booking.qr_failed': 'Der QR-Code konnte nicht geladen werden. Die Referenz sagt dasselbe.',
    'booking.at_door': 'Zeigen Sie diesen Code am Einlass.',
    'booking.seats': 'Plätze',
    'booking.total': 'Summe',
    'booking.calendar': 'In den Kalender',
    'booking.calendar_failed':
      'Die Kalenderdatei konnte nicht geladen werden. Bitte versuchen Sie es noch einmal.',
    'booking.print': 'Drucken',
    'booking.more': 'Weitere Plätze wählen',
    'booking.not_found':
      'Diese Buchung kann hier nicht gezeigt werden. Öffnen Sie sie in dem Browser, in dem ' +
      'gebucht wurde.',
    'booking.failed': 'Ihre Buchung konnte nicht geladen werden. Neuer Versuch…',
    'booking.bad_address': 'Diese Adresse nennt keine Buchung.',

    'kiosk.begin': 'Zum Start berühren',
    'kiosk.look': 'Berühren, um die Plätze zu sehen',
    'kiosk.price': 'pro Platz',
    'kiosk.free': { one: 'Platz frei', other: 'Plätze frei' },
    'kiosk.leave': 'Von vorn beginnen',
    'kiosk.done': 'Fertig',
    'kiosk.ok': 'OK',
    'kiosk.hint': {
      one: 'Berühren Sie einen freien Platz. Einer ist möglich.',
      other: 'Berühren Sie die gewünschten Plätze, höchstens {count}.',
    },
    'kiosk.booked': 'Gebucht. Viel Vergnügen!',
    'kiosk.code_coming': 'Ihr Code kommt gleich…',
    'kiosk.back_in': {
      one: 'Dieser Bildschirm ist in {count} Sekunde wieder frei.',
      other: 'Dieser Bildschirm ist in {count} Sekunden wieder frei.',
    },
    'kiosk.still_there': 'Sind Sie noch da?',
    'kiosk.idle_hint': 'Sonst werden Ihre Plätze wieder frei.',
    'kiosk.stay': 'Ja, weiter',
    'kiosk.news_start': 'Neuer Termin',
    'kiosk.news_message': 'Bitte beachten',
    'kiosk.news_prices': 'Neue Preise',
    'kiosk.news_on_sale': 'Der Verkauf läuft wieder.',
    'kiosk.prices_kept': 'Schon gewählte Plätze behalten ihren Preis.',
    'kiosk.setup': 'Kiosk einrichten',
    'kiosk.setup_hint': 'Geben Sie das Gerätetoken der Kasse ein. Es bleibt auf diesem Gerät.',
    'kiosk.token': 'Gerätetoken',
    'kiosk.setup_done': 'Kiosk starten',
    'kiosk.not_a_device': 'Das ist nicht das Token eines Kiosks.',
    'kiosk.refused':
      'Der Server nimmt das Token dieses Geräts nicht mehr an. Geben Sie ein neues ein.',

    'admin.title': 'Kasse',
    'admin.all_shows': 'Alle Vorstellungen',
    'admin.sign_in': 'Anmelden',
    'admin.sign_in_hint': 'Mit einem Token für Personal. Es bleibt nur in diesem Tab.',
    'admin.token': 'Token',
    'admin.sign_out': 'Abmelden',
    'admin.not_staff':
      'Dieses Token hat die Rolle {role}. Die Kasse braucht eines für staff oder admin.',
    'admin.refused':
      'Der Server nimmt dieses Token nicht (mehr) an. Lassen Sie sich ein neues geben.',
    'admin.role_staff': 'Personal',
    'admin.role_admin': 'Leitung',
    'admin.new_show': 'Neue Vorstellung aus einem Plan',
    'admin.loading': 'Wird geladen…',
    'admin.select_by': 'Plätze auswählen',
    'admin.by_click': 'Einzeln',
    'admin.by_rectangle': 'Rechteck',
    'admin.by_row': 'Reihen',
    'admin.chosen': { one: '{count} Platz ausgewählt', other: '{count} Plätze ausgewählt' },
    'admin.clear': 'Auswahl aufheben',
    'admin.panels': 'Bereiche',
    'admin.sales': 'Live',
    'admin.seats': 'Plätze',
    'admin.change': 'Vorstellung',
    'admin.booked': 'verkauft',
    'admin.held': 'reserviert',
    'admin.available': 'frei',
    'admin.blocked': 'gesperrt',
    'admin.revenue': 'Umsatz',
    'admin.watching': 'Zuschauende',
    'admin.by_category': 'Nach Kategorie',
    'admin.bookings_by_minute': 'Buchungen pro Minute, letzte Stunde',
    'admin.hour': {
      one: '{count} Buchung in der letzten Stunde, {last} in der letzten Minute',
      other: '{count} Buchungen in der letzten Stunde, {last} in der letzten Minute',
    },
    'admin.lapsing': 'Bald ablaufende Reservierungen',
    'admin.no_holds': 'Nichts ist reserviert.',
    'admin.look': 'Im Plan zeigen',
    'admin.watchers': { one: '{count} Bildschirm sieht zu', other: '{count} Bildschirme sehen zu' },
    'admin.no_watchers': 'Niemand sieht zu.',
    'admin.refusals': 'Ablehnungen seit dem Start',
    'admin.no_refusals': 'Keine.',
    'admin.refusal_seats_taken': 'Jemand war schneller',
    'admin.refusal_hold_limit': 'Zu viele Plätze',
    'admin.refusal_show_closed': 'Nicht im Verkauf',
    'admin.refusal_hold_gone': 'Zeit war abgelaufen',
    'admin.refusal_rate_limited': 'Zu viele Anfragen',
    'admin.refusal_unavailable': 'Nicht verfügbar',
    'admin.refusal_forbidden': 'Nicht erlaubt',
    'admin.refusal_unauthorized': 'Kein gültiges Token',
    'admin.refusal_bad_message': 'Nicht verstanden',
    'admin.refusal_not_found': 'Nicht gefunden',
    'admin.refusal_unknown_outcome': 'Ausgang unbekannt',
    'admin.refusal_too_large': 'Zu groß',
    'admin.choose': 'Wählen Sie Plätze im Plan: einzeln, mit einem Rechteck oder reihenweise.',
    'admin.label': 'Kennung',
    'admin.category': 'Kategorie',
    'admin.holder': 'Inhaber',
    'admin.hold': 'Reservierung',
    'admin.booking': 'Buchung',
    'admin.reason': 'Grund',
    'admin.release': 'Reservierung aufheben',
    'admin.release_title': 'Diese Reservierung aufheben?',
    'admin.release_words': {
      one: 'Der Platz wird sofort frei. Das lässt sich nicht rückgängig machen.',
      other: 'Die {count} Plätze werden sofort frei. Das lässt sich nicht rückgängig machen.',
    },
    'admin.released': 'Die Reservierung ist aufgehoben.',
    'admin.cancel': 'Buchung stornieren',
    'admin.cancel_title': 'Diese Buchung stornieren?',
    'admin.cancel_words': {
      one: 'Der Platz geht wieder in den Verkauf. Das lässt sich nicht rückgängig machen.',
      other:
        'Die {count} Plätze gehen wieder in den Verkauf. Das lässt sich nicht rückgängig ' +
        'machen.',
    },
    'admin.cancelled': 'Die Buchung ist storniert.',
    'admin.block': { one: '{count} freien Platz sperren', other: '{count} freie Plätze sperren' },
    'admin.unblock': { one: '{count} Platz freigeben', other: '{count} Plätze freigeben' },
    'admin.blocked_done': {
      one: '{count} Platz ist nicht mehr im Verkauf.',
      other: '{count} Plätze sind nicht mehr im Verkauf.',
    },
    'admin.unblocked_done': {
      one: '{count} Platz ist wieder im Verkauf.',
      other: '{count} Plätze sind wieder im Verkauf.',
    },
    'admin.status': 'Status',
    'admin.starts_at': 'Beginn (Ihre Zeit, {zone})',
    'admin.start': 'Beginn',
    'admin.message': 'Nachricht an alle',
    'admin.prices': 'Preise in {currency}',
    'admin.preview': 'Wirkung ansehen…',
    'admin.preview_title': 'Diese Änderung senden?',
    'admin.effects': 'Was sie bewirkt',
    'admin.back': 'Zurück',
    'admin.send': { one: 'An {count} Bildschirm senden', other: 'An {count} Bildschirme senden' },
    'admin.reached': {
      one: 'Gesendet. {count} Bildschirm zeigt es.',
      other: 'Gesendet. {count} Bildschirme zeigen es.',
    },
    'admin.no_change': 'Es ist noch nichts geändert.',
    'admin.effect_no_holds': 'Zurzeit sind keine Plätze reserviert.',
    'admin.effect_holds_end': {
      one: '{count} offene Reservierung ({seats}) endet sofort.',
      other: '{count} offene Reservierungen ({seats}) enden sofort.',
    },
    'admin.effect_holds_stay': {
      one: '{count} offene Reservierung ({seats}) bleibt und kann noch gebucht werden.',
      other:
        '{count} offene Reservierungen ({seats}) bleiben und können noch ' +
        'gebucht werden.',
    },
    'admin.effect_no_new': 'Neue Plätze können nicht reserviert werden.',
    'admin.effect_prices': 'Reservierte Plätze behalten ihren alten Preis.',
    'admin.effect_bookings': {
      one: '{count} Buchung bleibt, wie sie ist.',
      other: '{count} Buchungen bleiben, wie sie sind.',
    },
    'admin.effect_watchers': {
      one: '{count} Bildschirm zeigt es sofort.',
      other: '{count} Bildschirme zeigen es sofort.',
    },
    'admin.drop': 'Saalplan hier ablegen',
    'admin.choose_file': 'Datei wählen',
    'admin.drop_hint': 'JSON im Format von pretix. Gespeichert wird erst, wenn Sie es sagen.',
    'admin.plan_forbidden':
      'Nur die Leitung (Rolle admin) darf Säle und Vorstellungen anlegen. Melden Sie sich ' +
      'mit einem solchen Token an.',
    'admin.plan_checking': '{file} wird geprüft…',
    'admin.plan_too_large': 'Diese Datei ist größer als 32 MB.',
    'admin.plan_good': {
      one: '{name}: {count} Platz, nichts zu beanstanden.',
      other: '{name}: {count} Plätze, nichts zu beanstanden.',
    },
    'admin.plan_bad': {
      one:
        'Dieser Plan hat {count} Fehler und kann nicht in den Verkauf. Beheben Sie ihn und ' +
        'legen Sie die Datei noch einmal ab.',
      other:
        'Dieser Plan hat {count} Fehler und kann nicht in den Verkauf. Beheben Sie sie und ' +
        'legen Sie die Datei noch einmal ab.',
    },
    'admin.venue': 'Saal',
    'admin.show_title': 'Titel der Vorstellung',
    'admin.currency': 'Währung',
    'admin.category_prices': 'Preise',
    'admin.create': 'Saal und Vorstellung anlegen',
    'admin.created': '{title} ist angelegt.',
    'admin.failed': 'Das wurde nicht gemacht. {words}',
    'admin.failed_offline':
      'Der Server ist nicht erreichbar. Prüfen Sie die Verbindung und versuchen Sie es noch ' +
      'einmal.',
    'admin.failed_forbidden': 'Ihre Rolle darf das nicht.',
    'admin.failed_hold_gone': 'Diese Reservierung ist schon beendet.',
    'admin.failed_seats_taken':
      'Einige dieser Plätze sind nicht mehr frei. Es wurde nichts geändert.',
    'admin.seats_taken': 'Nicht mehr frei: {names}. Es wurde nichts geändert.',
    'admin.failed_unauthorized':
      'Ihr Token ist nicht mehr gültig. Melden Sie sich neu an; was Sie eingegeben haben, ist ' +
      'noch da.',
    'admin.not_token': 'Das ist kein Token. Fügen Sie es ganz ein, mit seinen zwei Punkten.',
    'admin.expired':
      'Ihr Token ist abgelaufen. Melden Sie sich mit einem neuen an; was Sie eingegeben haben, ' +
      'ist noch da.',
    'admin.again': 'Noch einmal versuchen',
    'admin.no_figures': 'Die Zahlen können nicht geladen werden. Die Seite versucht es weiter.',
    'admin.figures_old':
      'Diese Zahlen sind von {time}: Der Server ist nicht erreichbar. Die Seite versucht es ' +
      'weiter.',
    'admin.blocked_for': 'Gesperrt wegen',
    'admin.blocked_before': 'Jemand anderes hatte schon gesperrt: {seats}.',
    'admin.blocked_because': '{names} („{reason}“)',
    'admin.blocked_silently': '{names} (ohne Grund)',
    'admin.choose_one':
      'Um eine Reservierung aufzuheben oder eine Buchung zu stornieren, wählen Sie einen ihrer ' +
      'Plätze allein.',
    'admin.too_many':
      'Höchstens {count} Plätze lassen sich auf einmal sperren oder freigeben. Wählen Sie ' +
      'weniger.',
    'admin.release_told': '{holder} erfährt davon.',
    'admin.hold_booked':
      'Nichts wurde aufgehoben: Diese Reservierung ist inzwischen gebucht. Stornieren Sie ' +
      'stattdessen die Buchung.',
    'admin.cancelled_already': 'Jemand anderes hat diese Buchung schon storniert.',
    'admin.failed_unknown_outcome':
      'Es kam keine Antwort, darum ist nicht bekannt, ob das gemacht wurde. Sehen Sie nach, ' +
      'bevor Sie es noch einmal versuchen; was Sie eingegeben haben, ist noch da.',
    'admin.changed_meanwhile':
      'Nichts wurde gesendet: Jemand anderes hat inzwischen dasselbe geändert. Sehen Sie sich ' +
      'noch einmal an, was Ihre Änderung bewirkt.',
    'admin.cancel_show_title': 'Diese Vorstellung absagen?',
    'admin.cancel_show': {
      one: 'Absagen, {count} Bildschirm',
      other: 'Absagen, {count} Bildschirme',
    },
    'admin.effect_holds_lost':
      'Sie kommen nicht wieder, auch wenn die Vorstellung wieder in den Verkauf geht.',
    'admin.effect_on_sale': 'Freie Plätze können reserviert und gebucht werden.',
    'admin.effect_bookings_refund': {
      one:
        '{count} Buchung bleibt, wie sie ist; ihre Seite sagt, dass die Vorstellung abgesagt ' +
        'ist. Das Geld zurückzugeben ist Ihre Sache.',
      other:
        '{count} Buchungen bleiben, wie sie sind; ihre Seiten sagen, dass die Vorstellung ' +
        'abgesagt ist. Das Geld zurückzugeben ist Ihre Sache.',
    },
    'admin.bad_price':
      'Das ist kein Preis oder ein zu hoher. Schreiben Sie ihn wie 12 oder 12,50.',
    'admin.bad_starts_at': 'Das ist kein Tag mit Uhrzeit.',
    'admin.bad_currency': 'Drei Buchstaben, etwa EUR.',
    'admin.plan_empty': '{file} ist leer. Exportieren Sie den Plan noch einmal.',
    'admin.plan_unreadable':
      '{file} lässt sich nicht lesen. Legen Sie eine Datei ab, keinen Ordner.',
    'admin.plan_sellable': {
      one: '{name}: {count} Platz. Der Plan kann in den Verkauf.',
      other: '{name}: {count} Plätze. Der Plan kann in den Verkauf.',
    },
    'admin.plan_overlaps': {
      one:
        'Aber {count} Platz steht auf einem anderen, wo ihn niemand anklicken kann. Er ist im ' +
        'Bild markiert.',
      other:
        'Aber {count} Plätze stehen auf anderen, wo sie niemand anklicken kann. Sie sind im ' +
        'Bild markiert.',
    },
    'admin.plan_overlap': 'Platz {label} steht auf Platz {other}',
    'admin.plan_marked':
      'Was einen Ort hat, ist im Bild markiert; ein Druck darauf in der Liste führt hin.',
    'admin.plan_more': 'Nur die ersten {count} stehen in der Liste.',
    'admin.failed_unavailable':
      'Der Server kann das gerade nicht. Es wurde nichts geändert; versuchen Sie es gleich noch ' +
      'einmal.',
    'admin.failed_rate_limited':
      'Zu viel auf einmal. Es wurde nichts geändert; versuchen Sie es gleich noch einmal.',
    'admin.failed_not_found':
      'Das gibt es nicht (mehr). Gehen Sie zu allen Vorstellungen und sehen Sie noch einmal ' +
      'nach.',
    'admin.failed_too_large': 'Das ist größer, als der Server es annimmt.',
    'admin.failed_internal':
      'Der Server hat einen Fehler gemacht; sein Protokoll sagt mehr. Sehen Sie nach, bevor Sie ' +
      'es noch einmal versuchen.',

    'plan_fault.not_json':
      'Die Datei ist kein gültiges JSON. Sehen Sie in Zeile {line}, Spalte {column} nach: Was ' +
      'dort steht oder fehlt, stört.',
    'plan_fault.no_seats': 'Der Plan hat keine Plätze',
    'plan_fault.category_twice':
      'Die Kategorie „{name}“ ist schon in categories[{first}] angegeben',
    'plan_fault.category_unknown': {
      one: 'Die Kategorie „{name}“ ist nicht angegeben: {count} Platz, {first}',
      other: 'Die Kategorie „{name}“ ist nicht angegeben: {count} Plätze, zuerst {first}',
    },
    'plan_fault.seat_twice': 'Den Platz „{label}“ gibt es schon in {first}',
    'plan_fault.labels_alike':
      '{count} Plätze würden „{label}“ heißen: Geben Sie den Zonen verschiedene Namen',
    'plan_fault.shape_missing': 'Dieser Schlüssel fehlt: Die Form ist „{shape}“',
    'plan_fault.too_many_parts': 'Der Plan hat mehr als {most} {parts}',
    'plan_fault.missing': 'Dieser Schlüssel fehlt',
    'plan_fault.extra_forbidden': 'Diesen Schlüssel kennt das Format nicht',
    'plan_fault.dict_type': 'Hier gehört ein Objekt hin',
    'plan_fault.list_type': 'Hier gehört eine Liste hin',
    'plan_fault.string_type': 'Hier gehört ein Text hin',
    'plan_fault.float_type': 'Hier gehört eine Zahl hin',
    'plan_fault.finite_number': 'Hier gehört eine endliche Zahl hin',
    'plan_fault.multiple_of': 'Hier gehört eine ganze Zahl hin',
    'plan_fault.greater_than_equal': 'Hier gehört {ge} oder mehr hin',
    'plan_fault.less_than_equal': 'Hier gehört {le} oder weniger hin',
    'plan_fault.string_too_short': 'Das darf nicht leer sein',
    'plan_fault.string_too_long': 'Das darf höchstens {max_length} Zeichen haben',
    'plan_fault.too_long': 'Das darf höchstens {max_length} Einträge haben',
    'plan_fault.too_many_keys': 'Das darf höchstens {max} Schlüssel haben',
    'plan_fault.literal_error': 'Das muss eines von diesen sein: {expected}',
    'plan_fault.color': 'Hier gehört eine CSS-Farbe hin, etwa #7f4a91',
    'plan_fault.string_pattern_mismatch': 'Das Zeichen NUL darf hier nicht stehen',
    'plan_fault.string_unicode': 'Hier gehört gültiges Unicode hin',
  },
});

/** Which attribute `data-t-…` fills; `data-t` alone fills the element. */
const ATTRIBUTES = Object.freeze({
  't-label': 'aria-label',
  't-title': 'title',
  't-placeholder': 'placeholder',
  't-alt': 'alt',
});

/**
 * Return the first of the reader's languages that we speak, with its region: "de-AT".
 *
 * @param {readonly string[]} wanted as in `navigator.languages`
 * @returns {string} "en" when we speak none of them
 */
export function pickLocale(wanted) {
  return wanted.find((tag) => languageOf(tag) in TEXTS) ?? 'en';
}

/** What the reader reads, for words and for `Intl`. */
export let LOCALE = pickLocale(readersLanguages());

/**
 * Speak another language than the browser's, on the whole page: what is written already stays.
 *
 * @param {string} tag as in the attribute `lang`; the browser's own when empty
 */
export function speak(tag) {
  LOCALE = pickLocale(tag === '' ? readersLanguages() : [tag]);
}

function readersLanguages() {
  return globalThis.navigator?.languages ?? [];
}

/**
 * Return a text in the reader's language, with *values* filled in. Unknown keys come back as they
 * are: a wrong word is better than no page.
 *
 * @param {string} key
 * @param {Values} [values] numbers are written as the reader writes them
 */
export function t(key, values) {
  return textIn(LOCALE, key, values);
}

/**
 * @param {string} locale whose language is one of TEXTS
 * @param {string} key
 * @param {Values} [values]
 * @returns {string}
 */
export function textIn(locale, key, values = {}) {
  const text = TEXTS[languageOf(locale)][key];
  if (text === undefined) return key;
  return fillIn(locale, typeof text === 'string' ? text : pluralOf(locale, text, values), values);
}

/** @param {string} key */
export function hasText(key) {
  return key in TEXTS.en;
}

/**
 * Put the texts named by `data-t`, `data-t-label` and the like into the elements that name them, and
 * name the language of the page.
 *
 * @param {Document | DocumentFragment | Element} [root]
 */
export function applyTexts(root = document) {
  for (const element of root.querySelectorAll('[data-t]')) {
    element.textContent = t(/** @type {string} */ (element.getAttribute('data-t')));
  }
  for (const [name, attribute] of Object.entries(ATTRIBUTES)) {
    for (const element of root.querySelectorAll(`[data-${name}]`)) {
      element.setAttribute(attribute, t(element.getAttribute(`data-${name}`) ?? ''));
    }
  }
  if (root === document) document.documentElement.lang = languageOf(LOCALE);
}

/**
 * @param {string} tag
 * @returns {keyof typeof TEXTS}
 */
function languageOf(tag) {
  return /** @type {keyof typeof TEXTS} */ (tag.split('-')[0].toLowerCase());
}

/**
 * @param {string} locale
 * @param {{one: string, other: string}} text
 * @param {Values} values
 */
function pluralOf(locale, text, { count }) {
  const form = new Intl.PluralRules(locale).select(Number(count));
  return form === 'one' ? text.one : text.other;
}

/**
 * @param {string} locale
 * @param {string} text
 * @param {Values} values
 */
function fillIn(locale, text, values) {
  return text.replace(/\{(\w+)\}/g, (place, name) => {
    const value = values[name];
    if (value === undefined) return place;
    return typeof value === 'number' ? new Intl.NumberFormat(locale).format(value) : value;
  });
}
