-- The board's scripts. Each block is headed by its name and is one atomic step on one show.
--
-- Keys of a show share its hash tag, so a script touches one slot of a Redis Cluster:
--   meta    hash    epoch, version, status (of the show), count (of seats)
--   seats   string  one byte a seat: 0 available, 1 held, 2 booked, 3 blocked
--   until   string  six bytes a seat, big-endian: the hold's deadline in ms, 0 when not held
--   claims  hash    seat -> "<deadline ms> <hold>"; takes on their way through the ledger, seconds long
--   holds   hash    hold -> msgpack [holder, deadline ms, [seat …]]
--   log     stream  entry <version>-0, field d: the message that brought the board to that version
--   feed    channel every message, as posted
--
-- The board is a copy: whatever it lets through, the ledger decides. So it may pass a take it is not sure
-- of (a hold past its deadline), and must never show a seat free that the ledger has given away.


-- name: claim
-- KEYS meta seats until claims holds   ARGV claim_ttl_ms, msgpack [[hold, [seat …]] …]
-- -> false when there is no board, or not a whole one; else for each take the seats that are not to be
--    had ({}: claimed), or the show's status when that is not on_sale
-- Rule: all seats of a take or none. What repeats or adds to a hold that is known here is let through while
-- the show is not on sale: the ledger says whether it is new.
local meta = redis.call('HMGET', KEYS[1], 'version', 'count', 'status')
local count = tonumber(meta[2])
if not meta[1] or redis.call('STRLEN', KEYS[2]) ~= count or redis.call('STRLEN', KEYS[3]) ~= 6 * count then
    return false
end
local show_status = meta[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local deadline = now + tonumber(ARGV[1])

local takes = cmsgpack.unpack(ARGV[2])
local wanted = {}
for _, take in ipairs(takes) do
    for _, seat in ipairs(take[2]) do
        wanted[#wanted + 1] = seat
    end
end
-- One copy of a large hall costs as much as some dozens of calls.
local statuses = #wanted > 50 and redis.call('GET', KEYS[2])
local claimed_by = {}
for i, claim in ipairs(redis.call('HMGET', KEYS[4], unpack(wanted))) do
    local space = claim and string.find(claim, ' ', 1, true)
    if space and tonumber(string.sub(claim, 1, space - 1)) > now then
        claimed_by[wanted[i]] = string.sub(claim, space + 1)
    end
end

local function is_own(hold, seat)
    local packed = redis.call('HGET', KEYS[5], hold)
    if not packed then
        return false
    end
    for _, own in ipairs(cmsgpack.unpack(packed)[3]) do
        if own == seat then
            return true
        end
    end
    return false
end

local function is_free(hold, seat)
    local status = string.byte(statuses or redis.call('GETRANGE', KEYS[2], seat, seat), statuses and seat + 1 or 1)
    if status ~= 1 then
        return status == 0
    end
    local held_until = struct.unpack('>I6', redis.call('GETRANGE', KEYS[3], seat * 6, seat * 6 + 5))
    return held_until <= now or is_own(hold, seat)
end

local replies, entries = {}, {}
for i, take in ipairs(takes) do
    local hold, seats = take[1], take[2]
    local refused = {}
    local is_closed = show_status ~= 'on_sale' and redis.call('HEXISTS', KEYS[5], hold) == 0
    for _, seat in ipairs(seats) do
        local rival = claimed_by[seat]
        if (rival and rival ~= hold) or not is_free(hold, seat) then
            refused[#refused + 1] = seat
        end
    end
    if #refused == 0 and not is_closed then
        local entry = string.format('%.0f %s', deadline, hold)
        for _, seat in ipairs(seats) do
            claimed_by[seat] = hold
            entries[#entries + 1] = seat
            entries[#entries + 1] = entry
        end
    end
    replies[i] = is_closed and show_status or refused
end
if #entries > 0 then
    redis.call('HSET', KEYS[4], unpack(entries))
end
redis.call('PEXPIRE', KEYS[4], ARGV[1])
return replies


-- name: post
-- KEYS meta seats until claims holds log feed
-- ARGV message (app/changes.py: pack; '' for none), log_length, msgpack [[hold, [seat …]] …] whose claims are over
-- -> {'ok' | 'gap' | 'none', version of the board}
-- Rule: the board moves forward one version at a time. What it has is ignored; when something before the
-- message is missing nothing is applied and the reply is 'gap'; 'none' when it has another epoch, is not there,
-- or not whole.

-- As many arguments as `unpack` can return at once.
local function drop_fields(key, fields)
    for first = 1, #fields, 4000 do
        redis.call('HDEL', key, unpack(fields, first, math.min(first + 3999, #fields)))
    end
end

-- Seats whose claims are over, if they are those of the hold of the same place: one of another hold came after it.
local unclaimed, claimants = {}, {}

local function unclaim(hold, seats)
    for _, seat in ipairs(seats) do
        unclaimed[#unclaimed + 1] = seat
        claimants[#claimants + 1] = hold
    end
end

local function drop_unclaimed()
    local own = {}
    for first = 1, #unclaimed, 4000 do
        local last = math.min(first + 3999, #unclaimed)
        for i, claim in ipairs(redis.call('HMGET', KEYS[4], unpack(unclaimed, first, last))) do
            local hold = claimants[first + i - 1]
            if claim and string.sub(claim, -#hold) == hold then
                own[#own + 1] = unclaimed[first + i - 1]
            end
        end
    end
    drop_fields(KEYS[4], own)
    unclaimed, claimants = {}, {}
end

for _, take in ipairs(cmsgpack.unpack(ARGV[3])) do
    unclaim(take[1], take[2])
end
drop_unclaimed()
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'version', 'count')
local count = tonumber(meta[3])
if not meta[2] or redis.call('STRLEN', KEYS[2]) ~= count or redis.call('STRLEN', KEYS[3]) ~= 6 * count then
    return {'none', 0}
end
local version = tonumber(meta[2])
if ARGV[1] == '' then
    return {'ok', version}
end
local message = cmsgpack.unpack(ARGV[1])
local epoch, first, changes = message[1], message[2], message[3]
if tonumber(meta[1]) ~= epoch then
    return {'none', version}
end
if first > version + 1 then
    return {'gap', version}
end
local last = first + #changes - 1
if last <= version then
    return {'ok', version}
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Neighbouring seats are written together; `bytes` is what each gets.
local function set_seats(key, seats, bytes)
    local at = 1
    while at <= #seats do
        local count = 1
        while seats[at + count] == seats[at] + count do
            count = count + 1
        end
        redis.call('SETRANGE', key, seats[at] * #bytes, string.rep(bytes, count))
        at = at + count
    end
end

local holds, settled = {}, {}
for i = version - first + 2, #changes do
    local change = changes[i]
    local kind, seats, status, hold, holder, hold_seats = change[1], change[2], change[3], change[4], change[5], change[6]
    local deadline = change[7] and now + change[7] or 0
    if status then
        set_seats(KEYS[2], seats, string.char(status))
        if status == 0 and hold then
            unclaim(hold, seats)
        else
            -- Whoever else claims one of them comes too late.
            for _, seat in ipairs(seats) do
                settled[#settled + 1] = seat
            end
        end
        if status ~= 1 then
            set_seats(KEYS[3], seats, struct.pack('>I6', 0))
        end
    end
    if hold and deadline > 0 then
        set_seats(KEYS[3], hold_seats, struct.pack('>I6', deadline))
        holds[hold] = cmsgpack.pack({holder, deadline, hold_seats})
    elseif hold then
        holds[hold] = false
    end
    if kind == 'show' then
        redis.call('HSET', KEYS[1], 'status', change[8].show.status)
        for _, released in ipairs(change[8].released) do
            holds[released[1]] = false
        end
    end
end
local ended, live = {}, {}
for hold, packed in pairs(holds) do
    if packed then
        live[#live + 1] = hold
        live[#live + 1] = packed
    else
        ended[#ended + 1] = hold
    end
end
drop_unclaimed()
drop_fields(KEYS[4], settled)
drop_fields(KEYS[5], ended)
for first = 1, #live, 4000 do
    redis.call('HSET', KEYS[5], unpack(live, first, math.min(first + 3999, #live)))
end
redis.call('HSET', KEYS[1], 'version', string.format('%.0f', last))
redis.call('XADD', KEYS[6], 'MAXLEN', '~', ARGV[2], string.format('%.0f-0', last), 'd', ARGV[1])
redis.call('SPUBLISH', KEYS[7], ARGV[1])
return {'ok', last}


-- name: load
-- KEYS meta seats until claims holds log feed
-- ARGV epoch, version, show status, seats, msgpack [[hold, holder, [seat …], expires_in_ms] …], anew ('1' or '0')
-- -> 1 when loaded, 0 when the board was as new already
-- Rule: only forward; a higher epoch replaces everything; anew, for a board that is wrong, replaces one of the same
-- version, too. Tells the feed, for instances that were behind, or are as wrong.
local epoch, version = tonumber(ARGV[1]), tonumber(ARGV[2])
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'version')
local is_whole = redis.call('STRLEN', KEYS[2]) == #ARGV[4] and redis.call('STRLEN', KEYS[3]) == 6 * #ARGV[4]
if meta[2] and is_whole then
    local board_epoch, board_version = tonumber(meta[1]), tonumber(meta[2])
    if board_epoch > epoch or (board_epoch == epoch and board_version >= version) then
        if ARGV[6] ~= '1' or board_epoch ~= epoch or board_version ~= version then
            return 0
        end
    end
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[5], KEYS[6])
redis.call('SET', KEYS[2], ARGV[4])
redis.call('SET', KEYS[3], string.rep('\0', 6 * #ARGV[4]))
for _, row in ipairs(cmsgpack.unpack(ARGV[5])) do
    local hold, holder, seats, deadline = row[1], row[2], row[3], now + row[4]
    local bytes = struct.pack('>I6', deadline)
    for _, seat in ipairs(seats) do
        redis.call('SETRANGE', KEYS[3], seat * 6, bytes)
    end
    redis.call('HSET', KEYS[5], hold, cmsgpack.pack({holder, deadline, seats}))
end
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'version', ARGV[2], 'status', ARGV[3], 'count', #ARGV[4])
redis.call('SPUBLISH', KEYS[7], cmsgpack.pack(ARGV[6] == '1' and {epoch, version, 'anew'} or {epoch, version}))
return 1


-- name: read
-- KEYS meta seats until   -> {epoch, version, seats}, all nil when there is no board, or not a whole one
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'version', 'count')
local count = tonumber(meta[3])
if redis.call('STRLEN', KEYS[2]) ~= count or redis.call('STRLEN', KEYS[3]) ~= 6 * count then
    return {false, false, false}
end
return {meta[1], meta[2], redis.call('GET', KEYS[2])}


-- name: image
-- KEYS meta seats until holds
-- -> all of a board at one moment: {epoch, version, show status, seats, until, now ms, {hold, its entry …}}; nil where
--    something is not there
local meta = redis.call('HMGET', KEYS[1], 'epoch', 'version', 'status')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return {
    meta[1], meta[2], meta[3], redis.call('GET', KEYS[2]), redis.call('GET', KEYS[3]), now,
    redis.call('HGETALL', KEYS[4]),
}
