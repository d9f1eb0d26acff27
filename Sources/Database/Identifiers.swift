import Domain
public import Postgres

extension VideoID: PostgresEncodable, PostgresDecodable {}
extension UserID: PostgresEncodable, PostgresDecodable {}
extension VideoState: PostgresEncodable, PostgresDecodable {}
