import Foundation

/// Times as services write them: in header fields (RFC 9110) and in XML (ISO 8601).
enum StorageTime {
    private static let maxLength = 64

    static func parse(_ text: String) -> Date? {
        guard text.utf8.count <= maxLength else { return nil }
        if let date = try? Date(text, strategy: .iso8601) { return date }
        if let date = try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)) {
            return date
        }
        return http(text)
    }

    /// As in `Fri, 24 May 2013 00:00:00 GMT`.
    private static func http(_ text: String) -> Date? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = text.split { ", :".contains($0) }
        guard parts.count == 8, parts[7] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let numbers = [1, 3, 4, 5, 6].map { Int(parts[$0]) }
        // Calendars add without a look at overflows.
        guard numbers.allSatisfy({ (0...9999).contains($0 ?? -1) }) else { return nil }
        return calendar.date(
            from: DateComponents(
                year: numbers[1],
                month: month + 1,
                day: numbers[0],
                hour: numbers[2],
                minute: numbers[3],
                second: numbers[4]
            )
        )
    }
}
