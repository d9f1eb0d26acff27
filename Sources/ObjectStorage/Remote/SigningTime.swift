import Foundation

/// A time in the forms that signatures want, all UTC.
struct SigningTime {
    /// Like `20130524`.
    let day: String
    /// Like `20130524T000000Z`.
    let compact: String
    /// Like `Fri, 24 May 2013 00:00:00 GMT`, as header fields have it (RFC 9110).
    let http: String

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    init(_ date: Date) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .weekday, .hour, .minute, .second], from: date)
        let two = { (number: Int?) in (number ?? 0) < 10 ? "0\(number ?? 0)" : "\(number ?? 0)" }
        let (year, month) = ("\(parts.year ?? 0)", parts.month ?? 1)
        let time = [two(parts.hour), two(parts.minute), two(parts.second)]
        day = year + two(month) + two(parts.day)
        compact = "\(day)T\(time.joined())Z"
        let weekday = Self.weekdays[(parts.weekday ?? 1) - 1]
        http = "\(weekday), \(two(parts.day)) \(Self.months[month - 1]) \(year) \(time.joined(separator: ":")) GMT"
    }
}
