-- For wrk: asks for something of one of many, at random.
-- Arguments: a path up to an id, a file of ids, and what follows the id.
function init(arguments)
    path, rest, ids = arguments[1], arguments[3] or "", {}
    for id in io.lines(arguments[2]) do ids[#ids + 1] = id end
    math.randomseed(os.time())
end

function request()
    return wrk.format("GET", path .. ids[math.random(#ids)] .. rest)
end
