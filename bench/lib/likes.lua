-- For wrk: likes and takes likes back. Every request is of the next user, so each changes a row and three counts.
-- Arguments: a file of tokens, how many threads there are, the first video's id, and over how many videos to spread.
local threads = {}

function setup(thread)
    thread:set("number", #threads)
    threads[#threads + 1] = thread
end

function init(arguments)
    -- Each thread has users of its own, so that no two undo what the other does.
    tokens, step, refused = {}, 0, 0
    local line = 0
    for token in io.lines(arguments[1]) do
        if line % tonumber(arguments[2]) == number then tokens[#tokens + 1] = token end
        line = line + 1
    end
    first, count = tonumber(arguments[3]), tonumber(arguments[4])
end

-- All users like, each another video if there are several; then all take it back.
function request()
    local user, round = step % #tokens, math.floor(step / #tokens)
    local video = first + (math.floor(round / 2) * #tokens + user) % count
    step = step + 1
    return wrk.format("POST", "/douyin/favorite/action/?token=" .. tokens[user + 1] .. "&video_id=" .. video ..
        "&action_type=" .. (round % 2 + 1))
end

function response(status, headers, body)
    if not body:find('"status_code":0', 1, true) then refused = refused + 1 end
end

function done(summary, latency, requests)
    local refusals = 0
    for _, thread in ipairs(threads) do refusals = refusals + thread:get("refused") end
    local errors = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status +
        summary.errors.timeout + refusals
    io.write(string.format("RESULT %.1f %d %.2f\n", summary.requests / summary.duration * 1e6, errors,
        latency:percentile(99) / 1000))
end
