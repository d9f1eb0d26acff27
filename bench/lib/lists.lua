-- For wrk: asks for something of a random user, video or moment.
-- Arguments: a path that ends where the number is put, the smallest and the largest number, and what follows it.
function init(arguments)
    path, smallest, largest, rest = arguments[1], tonumber(arguments[2]), tonumber(arguments[3]), arguments[4] or ""
    math.randomseed(os.time())
end

function request()
    return wrk.format("GET", path .. string.format("%d", smallest + math.floor(math.random() * (largest - smallest + 1))) .. rest)
end
